"""Drawings of labs take the colours of their page; a tolerance holds for places alone."""

import re
import xml.etree.ElementTree as etree

import pytest

from press.execute.drawing import difference, tidied

MADE = """<?xml version="1.0" encoding="utf-8" standalone="no"?>
<svg xmlns:xlink="http://www.w3.org/1999/xlink" width="36pt" height="27pt" viewBox="0 0 36 27"
 xmlns="http://www.w3.org/2000/svg" version="1.1">
 <metadata><rdf>1970</rdf></metadata>
 <defs><style type="text/css">*{stroke-linejoin: round}</style></defs>
 <g id="figure_1">
  <defs><path id="m0a" d="M 0 3.500000001 L 3 0" style="stroke: #000000"/></defs>
  <g clip-path="url(#p9f)"><use xlink:href="#m0a" x="10.123456" y="20" style="stroke: #1f66a8"/></g>
  <g transform="translate(5.000001 6) scale(0.125 -0.125)"><use xlink:href="#m0a"/></g>
 </g>
 <defs><clipPath id="p9f"><rect x="1" y="2" width="30" height="20"/></clipPath></defs>
</svg>
"""  # fmt: skip


@pytest.fixture
def drawing() -> str:
    return tidied(MADE, "line")


def test_black_is_the_colour_of_the_text_and_the_first_colours_are_the_pages(drawing: str) -> None:
    assert "stroke: currentColor" in drawing
    assert "stroke: var(--fig-a,#1f66a8)" in drawing
    assert 'fill="currentColor"' in drawing


def test_nothing_in_it_styles_the_page_or_has_a_size_of_its_own(drawing: str) -> None:
    root = etree.fromstring(drawing)
    assert set(root.attrib) == {"viewBox", "role", "stroke-linejoin", "fill"}
    [style] = [each.text or "" for each in root.iter() if each.tag.endswith("style")]
    assert style.count("{") - style.count("@media") == style.count("svg:root{")
    assert "metadata" not in drawing
    assert "<?xml" not in drawing


def test_the_ids_in_it_are_its_own(drawing: str) -> None:
    root = etree.fromstring(drawing)
    ids = [each.attrib["id"] for each in root.iter() if "id" in each.attrib]
    assert ids == ["line-2", "line-1"]
    assert drawing.count('href="#line-2"') == 2
    assert 'clip-path="url(#line-1)"' in drawing
    assert re.search(r"(?<!xlink:)href=", drawing) is None, "Material would write to it"


def test_tidying_rounds_places_and_keeps_sizes(drawing: str) -> None:
    assert 'x="10.12"' in drawing
    assert 'transform="translate(5.000001 6) scale(0.125 -0.125)"' in drawing


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("", "", True),
        ('x="10.12"', 'x="10.9"', True),
        ('x="10.12"', 'x="11.9"', False),
        ("translate(5.000001 6)", "translate(5.4 6)", True),
        ("translate(5.000001 6)", "translate(7 6)", False),
        ("scale(0.125 -0.125)", "scale(0.130 -0.125)", False),
        ("#1f66a8", "#1f66a9", False),
        ('<use xlink:href="#line-2" x', '<use xlink:href="#line-1" x', False),
        ("M 0 3.5", "M 0 3.5 L 1 1", False),
        ("<use", "<path", False),
        ("<g clip", '<g/><g clip', False),
        ("</svg>", "", False),
    ],
)  # fmt: skip
def test_a_tolerance_holds_for_places_alone(drawing: str, old: str, new: str, same: bool) -> None:
    assert old in drawing
    assert (difference(drawing, drawing.replace(old, new, 1)) == "") == same
    assert (difference(drawing.replace(old, new, 1), drawing) == "") == same
