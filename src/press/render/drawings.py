"""A drawing as it stands in a page: the same picture as in its file, in fewer bytes.

The file is for whoever draws, or takes it into slides; a page has many of them, and each reader
loads them all. A long curve is most of a drawing, and steps from point to point are shorter than
the points themselves, and more alike.
"""

import re
from collections.abc import Iterator
from decimal import Decimal

__all__ = ["compact"]

_BEFORE = re.compile(r"^\s*<\?xml.*?\?>\s*")
_NAMESPACE = re.compile(r' xmlns(?::xlink)?="[^"]*"')  # HTML knows it by the tag
_POINTS = re.compile(r'<poly(line|gon)\b([^>]*?) points="([^"]*)"([^>]*?)(/>|></poly\1>)')
_PATH = re.compile(r'(?<=\sd=")[-+\d.eE\s,MLHVQCTSZz]+(?=")')
_TOKEN = re.compile(r"[A-Za-z]|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_SIZES = {"M": 2, "L": 2, "T": 2, "H": 1, "V": 1, "Q": 4, "S": 4, "C": 6}
_FEW = 6  # numbers in a polygon or a line that are as short as they stand

Step = tuple[str, list[Decimal]]


def compact(svg: str) -> str:
    """Return a drawing for a page.

    Examples:
        >>> compact('<svg xmlns="http://www.w3.org/2000/svg"><path d="M 1 2 L 1.5 0 z"/></svg>')
        '<svg><path d="m1 2 .5-2z"/></svg>'
        >>> compact('<svg><polyline class="a" points="0,0 1,1 2,1 3,0.5"/></svg>')
        '<svg><path class="a" d="m0 0 1 1 1 0 1-.5"/></svg>'
    """
    svg = re.sub(r">\s*\n\s*<", "><", _NAMESPACE.sub("", _BEFORE.sub("", svg)))
    svg = _POINTS.sub(_as_path, svg)
    return _PATH.sub(lambda path: _written(_relative(_steps(path[0]))), svg).strip()


def _as_path(shape: re.Match[str]) -> str:
    kind, before, points, after, _ = shape.groups()
    if len(_TOKEN.findall(points)) <= _FEW:
        return shape[0]
    return f'<path{before} d="M{points}{"Z" if kind == "gon" else ""}"{after}/>'


def _steps(path: str) -> Iterator[Step]:
    """Yield the steps of a path, each with as many numbers as its kind has."""
    command, numbers = "", list[Decimal]()
    for token in _TOKEN.findall(path):
        if token in "Zz":
            yield "Z", []
        elif token.isalpha():
            command = token
        else:
            numbers.append(Decimal(token))
            if len(numbers) == _SIZES[command]:
                yield command, numbers
                command, numbers = "L" if command == "M" else command, []


def _relative(steps: Iterator[Step]) -> Iterator[Step]:
    """Yield steps that begin where the last one ended."""
    here = start = (Decimal(0), Decimal(0))
    for command, numbers in steps:
        x, y = here
        if command == "Z":
            here = start
        elif command == "H":
            here = (numbers[0], y)
        elif command == "V":
            here = (x, numbers[0])
        else:
            here = (numbers[-2], numbers[-1])
        if command == "M":
            start = here
        offsets = {"H": (x,), "V": (y,)}.get(command, (x, y) * 3)
        yield command.lower(), [a - b for a, b in zip(numbers, offsets, strict=False)]


def _written(steps: Iterator[Step]) -> str:
    """Return the text of a path; what repeats the kind of the step before does not say it."""
    text, before = "", ""
    for command, numbers in steps:
        said = "" if command == before and command not in "mz" else command
        said = "" if (before, command) == ("m", "l") else said
        for i, number in enumerate(numbers):
            shown = _shortest(number)
            gap = "" if shown.startswith("-") or (said and i == 0) else " "
            text += f"{said if i == 0 else ''}{gap}{shown}"
        text += "" if numbers else "z"
        before = command
    return text


def _shortest(number: Decimal) -> str:
    text = f"{number:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    text = re.sub(r"^(-?)0\.", r"\1.", text)
    return "0" if text in ("-0", "") else text
