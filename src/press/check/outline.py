"""The outline of a page, as its HTML says it: headings, links and blocks, with their lines."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from press.check.tags import Tag
from press.syntax.pages import PageText

__all__ = ["Outline", "Place", "id_pattern", "outline_of"]

_HEADING = re.compile(r"h[1-6]")
_BLOCKS = ("table", "img", "details", "video")
_BY_PRESS = {  # the classes of links that no author wrote
    "headerlink",
    "press-citation",
    "press-download",
    "press-entry",
    "press-name",
    "press-seen",
}
_OPENINGS = {  # how they open in Markdown
    "call-out": r"^[ \t>]*!!! ",
    "details": r"^[ \t>]*\?\?\?\+? ",
    "table": r"^[ \t>]*\|.*\n[ \t>]*\|[ :|-]+$",
}


@dataclass(frozen=True)
class Place:
    """One thing of a page, and where it stands."""

    what: str
    line: int


@dataclass(frozen=True)
class Outline:
    """What a page consists of.

    Attributes:
        headings: the headings, as level and id.
        links: the targets of the links that an author wrote.
        blocks: call-outs, tables, images and interactive elements.
    """

    headings: list[Place]
    links: list[Place]
    blocks: list[Place]


def outline_of(tags: Sequence[Tag], text: PageText) -> Outline:
    """Return the outline of a page.

    Args:
        tags: the start tags of the page.
        text: what the page was rendered from, which knows the lines.
    """
    return Outline(_headings(tags, text), _links(tags, text), _blocks(tags, text))


def id_pattern(identifier: str) -> str:
    """Return what finds the place where an id is written out, and no link to it."""
    return rf"\{{[^{{}}\n]*#{re.escape(identifier)}(?![\w-])"


def _headings(tags: Sequence[Tag], text: PageText) -> list[Place]:
    places = []
    for tag in tags:
        by_api = "doc-heading" in tag.attributes.get("class", "")  # as its fence tells
        if _HEADING.fullmatch(tag.name) and not by_api:
            identifier = tag.attributes.get("id", "")
            line = next(text.lines_with(id_pattern(identifier)), text.first_line)
            places.append(Place(f"{tag.name} {identifier}", line))
    return places


def _links(tags: Sequence[Tag], text: PageText) -> list[Place]:
    """Return the links that an author wrote."""
    places = []
    for tag in tags:
        href = tag.attributes.get("href", "")
        made_by_press = _BY_PRESS & set(tag.attributes.get("class", "").split())
        to_woven = re.fullmatch(r"#(?:number|formula|figure)-\d+", href)
        if tag.name == "a" and not made_by_press and not to_woven:
            places.append(Place(href, text.line_of(href)))
    return places


def _blocks(tags: Sequence[Tag], text: PageText) -> list[Place]:
    """Return call-outs, tables, images and interactive elements, as their tags say."""
    places = []
    lines = {what: text.lines_with(pattern) for what, pattern in _OPENINGS.items()}
    for tag in tags:
        classes = tag.attributes.get("class", "")
        what = "call-out" if classes.startswith("admonition") else tag.name
        by_press = classes in ("press-provenance", "press-sightings")
        if by_press or not ("-" in what or what in _BLOCKS):
            continue
        written = classes.removeprefix("admonition ").removeprefix("press-rows")
        name = tag.attributes.get("src", written)
        line = next(lines.get(what, iter(())), text.line_of(name or f"<{what}"))
        places.append(Place(f"{what} {name}".strip(), line))
    return places
