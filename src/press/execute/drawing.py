"""Drawings of matplotlib as pages show them, and whether two of them are the same.

A page inlines a drawing. So black becomes the colour of the text around it, the first
colours of a plot become the page's, ids are the drawing's own, and nothing in it styles the
page. By itself, on a code host or in a notebook, the drawing brings its own paper.
"""

import re
import xml.etree.ElementTree as etree
from collections.abc import Iterator

from press.palette import DARK, LIGHT, PLOT_BLACK, PLOTS

__all__ = ["COLOURS", "difference", "tidied"]

COLOURS = {LIGHT[name]: f"--{name}" for name in PLOTS}
TOLERANCE = 1.0  # how far a coordinate may be off, in points: a line is wider than that
_SVG, _LINK = "http://www.w3.org/2000/svg", "{http://www.w3.org/1999/xlink}href"
_PLACES = {"d", "x", "y", "width", "height", "transform", "points", "viewBox"}
_SIZES = re.compile(r"(?:scale|rotate|matrix)\([^)]*\)")  # these are no places: they are exact
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?")
_DARK = ";".join(f"--{name}:{DARK[name]}" for name in PLOTS)
_ALONE = (
    f"svg:root{{background:{LIGHT['paper']};color:{LIGHT['ink']}}}"
    "@media (prefers-color-scheme:dark)"
    f"{{svg:root{{background:{DARK['paper']};color:{DARK['ink']};{_DARK}}}}}"
)


def tidied(drawing: str, name: str) -> str:
    """Return a drawing as it is recorded.

    Args:
        drawing: what matplotlib wrote, its words as outlines.
        name: what the ids in it start with.
    """
    root = etree.fromstring(drawing)  # noqa: S314 - our own process wrote it
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in (f"{{{_SVG}}}metadata", f"{{{_SVG}}}style"):
                parent.remove(child)
    used = re.findall(r'(?:url\(|href=")#([^)"]+)', drawing)
    ids = {old: f"{name}-{i}" for i, old in enumerate(dict.fromkeys(used), 1)}
    for element in root.iter():
        element.tag = element.tag.removeprefix(f"{{{_SVG}}}")
        element.text, element.tail = (element.text or "").strip(), ""
        element.attrib = {
            "xlink:href" if key == _LINK else key: _tidied_value(key, value, ids)
            for key, value in element.attrib.items()
            if key != "id" or value in ids
        }
    style = etree.Element("style")
    style.text = _ALONE
    root.insert(0, style)
    root.attrib = {
        "xmlns": _SVG,
        "xmlns:xlink": "http://www.w3.org/1999/xlink",  # a plain href breaks instant navigation
        "viewBox": root.attrib["viewBox"],
        "role": "img",
        "stroke-linejoin": "round",
        "fill": "currentColor",
    }
    return re.sub(r"(?<=>)(?=<[^/])", "\n", etree.tostring(root, "unicode")) + "\n"


def _tidied_value(key: str, value: str, ids: dict[str, str]) -> str:
    """Return the value of an attribute."""
    if key == "id":
        return ids[value]
    if key == _LINK:
        return "#" + ids[value.removeprefix("#")]
    if key == "clip-path":
        return re.sub(r"#([^)]+)", lambda match: "#" + ids[match[1]], value)
    if key == "style":
        value = PLOT_BLACK.sub("currentColor", value)
        for colour, variable in COLOURS.items():
            value = value.replace(colour, f"var({variable},{colour})")
        return "; ".join(part.strip() for part in value.split(";") if part.strip())
    if key in _PLACES:
        decimals = 6 if "scale" in value else 2
        return " ".join(_NUMBER.sub(lambda n: f"{round(float(n[0]), decimals):.9g}", value).split())
    return value


def difference(recorded: str, drawn: str) -> str:
    """Return how a drawing differs from the recorded one, or nothing.

    Its shapes and looks are the same; places are off by no more than a line is wide.
    """
    try:
        old, new = list(_parts(recorded)), list(_parts(drawn))
    except etree.ParseError as error:
        return f"it is no SVG: {error}"
    if len(old) != len(new):
        return f"{len(old)} parts are recorded, {len(new)} are drawn"
    for (key, one), (other_key, other) in zip(old, new, strict=True):
        if (key, one) != (other_key, other) and not (key == other_key and _near(key, one, other)):
            return f"recorded: {key} {one!r:.60}; drawn: {other_key} {other!r:.60}"
    return ""


def _near(key: str, one: str, other: str) -> bool:
    """Return whether two values are places close to each other."""
    if key not in _PLACES or _NUMBER.sub("0", one) != _NUMBER.sub("0", other):
        return False
    if _SIZES.findall(one) != _SIZES.findall(other):
        return False
    pairs = zip(_NUMBER.findall(one), _NUMBER.findall(other), strict=True)
    return all(abs(float(a) - float(b)) <= TOLERANCE for a, b in pairs)


def _parts(drawing: str) -> Iterator[tuple[str, str]]:
    """Yield what a drawing consists of: its elements, their attributes and words."""
    for element in etree.fromstring(drawing).iter():  # noqa: S314 - it stands in our repository
        yield "element", f"{element.tag} {element.text or ''}"
        yield from element.attrib.items()
