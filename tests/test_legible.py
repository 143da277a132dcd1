"""What drawings say can be read: on a phone, and on every colour, in both colour schemes."""

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as etree

import pytest

from press.palette import DARK, LIGHT

ROOT = Path(__file__).parents[1]
FIGURES = sorted((ROOT / "docs" / "figures").rglob("*.svg"))
LABS = sorted((ROOT / "docs" / "labs").rglob("*.svg"))
SVG = "{http://www.w3.org/2000/svg}"

PHONE = 328  # pixels that a drawing has on a screen of 360
LEAST = 11  # pixels of a letter there
INDEX = 0.7  # an index is as much of its letter as in TeX: its place, too, says what it is
USUAL = 20  # units, of letters that name no size (docs/assets/styles/figures.css)
MATPLOTLIB = 100  # units of a letter that a lab draws, before it is scaled

CONTRAST = 4.5  # of letters and what lies below them: WCAG 2.2, 1.4.3
FILLS = {
    "fig-a-fill": "fig-a",
    "fig-b-fill": "fig-b",
    "fig-c-fill": "fig-c",
    "fig-wrong-fill": "wrong",
    "fig-soft": "fig-soft",
}

Colour = tuple[float, ...]
Box = tuple[float, float, float, float]


def read(path: Path) -> tuple[etree.Element, float]:
    """Return a drawing, and how many pixels a unit of it has on a phone."""
    root = etree.fromstring(path.read_text("utf-8"))
    return root, PHONE / float(root.attrib["viewBox"].split()[2])


def test_letters_of_figures_can_be_read_on_a_phone() -> None:
    small, letters = {}, 0
    for path in FIGURES:
        root, pixels = read(path)
        for part in root.iter():
            assert part.get("transform", "rotate").startswith("rotate"), f"{path}: sizes change"
            if part.tag not in (f"{SVG}text", f"{SVG}tspan"):
                continue
            letters += 1
            size = float(part.get("font-size", USUAL)) * pixels
            # Below what is on top of it stands an index; what follows it rises again.
            is_index = part.tag == f"{SVG}tspan" and float(part.get("dy", 0)) > 0
            if size < LEAST * (INDEX if is_index else 1):
                small[f"{path.parent.name}/{path.name}"] = round(size, 1)
    assert letters > 1000
    assert small == {}


def test_letters_of_labs_can_be_read_on_a_phone() -> None:
    assert LABS
    for path in LABS:
        root, pixels = read(path)
        scales = [
            float(scale[1])  # the outer one; within it, an index has its own
            for part in root.iter(f"{SVG}g")
            if (scale := re.search(r"scale\(([\d.]+) -", part.get("transform", "")))
        ]
        assert len(scales) > 5, path
        assert min(scales) * MATPLOTLIB * pixels >= LEAST, path


def parsed(colour: str) -> tuple[Colour, float]:
    """Return red, green and blue, and how opaque they are."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in range(1, len(colour), 2)]
    return tuple(parts[:3]), (parts[3] if len(parts) > 3 else 1)


def luminance(colour: Colour) -> float:
    linear = (x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in colour)
    return sum(w * x for w, x in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: Colour, other: Colour) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_a_word_that_was_found_can_be_read_on_its_mark(palette: dict[str, str]) -> None:
    styles = (ROOT / "docs" / "assets" / "styles" / "theme.css").read_text("utf-8")
    mark = re.search(r"\.md-search-result mark \{\s*color: var\(--([\w-]+)\);", styles)
    assert mark
    (letters, _), (ground, _) = (parsed(palette[name]) for name in (mark[1], "mark"))
    assert contrast(letters, ground) > CONTRAST


def box_of(part: etree.Element) -> Box | None:
    """Return left, top, right and bottom of a rectangle, however it is drawn."""
    if part.tag == f"{SVG}rect":
        x, y, width, height = (float(part.attrib[k]) for k in ("x", "y", "width", "height"))
        return x, y, x + width, y + height
    if part.tag != f"{SVG}polygon":
        return None
    corners = [tuple(map(float, point.split(","))) for point in part.attrib["points"].split()]
    sides = pairwise([*corners, corners[0]])
    if len(corners) != 4 or not all(a[0] == b[0] or a[1] == b[1] for a, b in sides):
        return None
    xs, ys = zip(*corners, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def middle_of(text: etree.Element) -> tuple[float, float]:
    """Return a place within the letters of a text."""
    aside = {"start": 6, "end": -6}.get(text.get("text-anchor", "start"), 0)
    return float(text.attrib["x"]) + aside, float(text.attrib["y"]) - 7


def on_colours(root: etree.Element) -> Iterator[tuple[str, list[tuple[str, float]]]]:
    """Yield each text with the fills below it, as they are painted."""
    painted: list[tuple[Box, str, float]] = []
    opacity = {root: 1.0}
    for part in root.iter():
        for child in part:
            opacity[child] = opacity[part] * float(child.get("fill-opacity", 1))
        look = part.get("class", "")
        if look in FILLS and (box := box_of(part)):
            painted.append((box, FILLS[look], opacity[part]))
        elif part.tag == f"{SVG}text":
            x, y = middle_of(part)
            below = [
                (name, strength)
                for (left, top, right, bottom), name, strength in painted
                if left <= x <= right and top <= y <= bottom
            ]
            if below:
                yield "".join(part.itertext()), below


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_numbers_can_be_read_on_every_colour(palette: dict[str, str]) -> None:
    faint, seen = {}, 0
    for path in FIGURES:
        for text, below in on_colours(read(path)[0]):
            ground, _ = parsed(palette["paper"])
            for name, strength in below:
                colour, opaque = parsed(palette[name])
                share = strength * opaque
                ground = tuple(
                    a * (1 - share) + b * share for a, b in zip(ground, colour, strict=True)
                )
            seen += 1
            of = contrast(parsed(palette["ink"])[0], ground)
            if of < CONTRAST:
                faint[f"{path.parent.name}/{path.name}: {text}"] = round(of, 2)
    assert seen > 500
    assert faint == {}
