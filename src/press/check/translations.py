"""The same page in two languages says the same: headings, code, formulas, numbers, links."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from press.check.book import Page
from press.syntax.recognise import Api, Citation, Figure, Formula, Listing, Number, Source

__all__ = ["differences", "heading_problems"]

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
_ASCII_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclass(frozen=True)
class _Place:
    """One thing of a page, and where it stands."""

    what: str
    line: int


def differences(page: Page, twin: Page) -> Iterator[tuple[int, str]]:
    """Yield line and message for everything in which ``page`` differs from ``twin``."""
    for name, read in _ORDERED.items():
        mine, theirs = read(page), read(twin)
        for i, (one, other) in enumerate(zip(mine, theirs, strict=False)):
            if one.what != other.what:
                there = f"{other.what!r} in {twin.language}, line {other.line}"
                yield one.line, f"{name} {i + 1} is {one.what!r} here and {there}"
                break
        else:
            if len(mine) != len(theirs):
                longer, where = (mine, page) if len(mine) > len(theirs) else (theirs, twin)
                extra = longer[min(len(mine), len(theirs))]
                line = extra.line if where is page else (mine[-1].line if mine else 1)
                only = f"{extra.what!r} is only in {where.language}, line {extra.line}"
                counts = f"{len(mine)} {name}s here and {len(theirs)} in {twin.language}"
                yield line, f"{counts}: {only}"
    yield from _expressions(page, twin)


def _expressions(page: Page, twin: Page) -> Iterator[tuple[int, str]]:
    """Yield the expressions that one page has more often than the other."""
    mine, theirs = _numbers(page), _numbers(twin)
    count, other = Counter(n.what for n in mine), Counter(n.what for n in theirs)
    for expression in sorted((count - other) | (other - count)):
        places = [n.line for n in mine if n.what == expression] or [1]
        counts = f"{count[expression]} times here and {other[expression]} times in {twin.language}"
        yield places[-1], f"{{= {expression}}} stands {counts}"


def heading_problems(page: Page) -> Iterator[tuple[int, str]]:
    """Yield headings whose id is not written out, or is not plain ASCII."""
    for heading in _headings(page):
        identifier = heading.what.partition(" ")[2]
        written = any(page.lines_with(_id_pattern(identifier)))
        if not _ASCII_ID.fullmatch(identifier) or not written:
            yield (
                heading.line,
                f"a heading carries an id of lower-case ASCII, {{#like-this}}; got {identifier!r}",
            )


@lru_cache(maxsize=64)  # a page does not change
def _headings(page: Page) -> list[_Place]:
    found = []
    for tag in page.tags:
        by_api = "doc-heading" in tag.attributes.get("class", "")  # as its fence tells
        if _HEADING.fullmatch(tag.name) and not by_api:
            identifier = tag.attributes.get("id", "")
            line = next(page.lines_with(_id_pattern(identifier)), page.text.first_line)
            found.append(_Place(f"{tag.name} {identifier}", line))
    return found


def _id_pattern(identifier: str) -> str:
    """Return what finds the place where an id is written out, and no link to it."""
    return rf"\{{[^{{}}\n]*#{re.escape(identifier)}(?![\w-])"


@lru_cache(maxsize=64)  # a page does not change
def _links(page: Page) -> list[_Place]:
    """Return the links that an author wrote."""
    found = []
    for tag in page.tags:
        href = tag.attributes.get("href", "")
        made_by_press = _BY_PRESS & set(tag.attributes.get("class", "").split())
        to_woven = re.fullmatch(r"#(?:number|formula|figure)-\d+", href)
        if tag.name == "a" and not made_by_press and not to_woven:
            found.append(_Place(href, page.line_of(href)))
    return found


@lru_cache(maxsize=64)  # a page does not change
def _blocks(page: Page) -> list[_Place]:
    """Return call-outs, tables, images and interactive elements, as their tags say."""
    found = []
    lines = {what: page.lines_with(pattern) for what, pattern in _OPENINGS.items()}
    for tag in page.tags:
        classes = tag.attributes.get("class", "")
        what = "call-out" if classes.startswith("admonition") else tag.name
        by_press = classes in ("press-provenance", "press-sightings")
        if by_press or not ("-" in what or what in _BLOCKS):
            continue
        name = tag.attributes.get("src", classes.removeprefix("admonition "))
        line = next(lines.get(what, iter(())), page.line_of(name or f"<{what}"))
        found.append(_Place(f"{what} {name}".strip(), line))
    return found


def _woven(page: Page) -> list[_Place]:
    found = []
    for item in page.items:
        if isinstance(item, Listing | Source | Figure | Api):
            wrong = " wrong" if isinstance(item, Listing) and item.wrong else ""
            found.append(_Place(item.label + wrong, item.line))
    return found


def _formulas(page: Page) -> list[_Place]:
    found = []
    for item in page.items:
        if isinstance(item, Formula):
            tex = re.sub(r"\\text\{[^{}]*\}", r"\\text{}", " ".join(item.tex.split()))
            identity = f" {{= {item.identity}}}" if item.identity else ""
            found.append(_Place(tex + identity, item.line))
    return found


def _citations(page: Page) -> list[_Place]:
    return [_Place(item.key, item.line) for item in page.items if isinstance(item, Citation)]


def _numbers(page: Page) -> list[_Place]:
    return [_Place(item.expression, item.line) for item in page.items if isinstance(item, Number)]


_ORDERED: dict[str, Callable[[Page], list[_Place]]] = {
    "heading": _headings,
    "listing, source or figure": _woven,
    "formula": _formulas,
    "citation": _citations,
    "link": _links,
    "block": _blocks,
}
