"""The same page in two languages says the same: headings, code, formulas, numbers, links."""

import re
from collections import Counter
from collections.abc import Callable, Iterator

from press.check.book import Page
from press.check.outline import Place, id_pattern
from press.syntax.woven import Api, Citation, Figure, Formula, Listing, Number, Source

__all__ = ["differences", "heading_problems"]

_ASCII_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def differences(page: Page, translation: Page) -> Iterator[tuple[int, str]]:
    """Yield line and message for everything in which ``page`` differs from ``translation``."""
    for name, read in _ORDERED.items():
        mine, theirs = read(page), read(translation)
        for i, (one, other) in enumerate(zip(mine, theirs, strict=False)):
            if one.what != other.what:
                there = f"{other.what!r} in {translation.language}, line {other.line}"
                yield one.line, f"{name} {i + 1} is {one.what!r} here and {there}"
                break
        else:
            if len(mine) != len(theirs):
                longer, where = (mine, page) if len(mine) > len(theirs) else (theirs, translation)
                extra = longer[min(len(mine), len(theirs))]
                line = extra.line if where is page else (mine[-1].line if mine else 1)
                only = f"{extra.what!r} is only in {where.language}, line {extra.line}"
                counts = f"{len(mine)} {name}s here and {len(theirs)} in {translation.language}"
                yield line, f"{counts}: {only}"
    yield from _expressions(page, translation)


def _expressions(page: Page, translation: Page) -> Iterator[tuple[int, str]]:
    """Yield the expressions that one page has more often than the other."""
    mine, theirs = _numbers(page), _numbers(translation)
    count, other = Counter(n.what for n in mine), Counter(n.what for n in theirs)
    for expression in sorted((count - other) | (other - count)):
        places = [n.line for n in mine if n.what == expression] or [1]
        there = f"{other[expression]} times in {translation.language}"
        counts = f"{count[expression]} times here and {there}"
        yield places[-1], f"{{= {expression}}} stands {counts}"


def heading_problems(page: Page) -> Iterator[tuple[int, str]]:
    """Yield headings whose id is not written out, or is not plain ASCII."""
    for heading in page.outline.headings:
        identifier = heading.what.partition(" ")[2]
        written = any(page.text.lines_with(id_pattern(identifier)))
        if not _ASCII_ID.fullmatch(identifier) or not written:
            form = "a heading must carry an id of lower-case ASCII, {#like-this}"
            yield heading.line, f"{form}; got {identifier!r}"


def _woven(page: Page) -> list[Place]:
    places = []
    for item in page.items:
        if isinstance(item, Listing | Source | Figure | Api):
            more = " wrong" if isinstance(item, Listing) and item.wrong else ""
            if isinstance(item, Figure) and (item.x or item.y):
                more = f" with words at {len(item.x)} x and {len(item.y)} y axes"
            places.append(Place(item.label + more, item.line))
    return places


def _formulas(page: Page) -> list[Place]:
    places = []
    for item in page.items:
        if isinstance(item, Formula):
            tex = re.sub(r"\\text\{[^{}]*\}", r"\\text{}", " ".join(item.tex.source.split()))
            identity = f" {{= {item.identity}}}" if item.identity else ""
            places.append(Place(tex + identity, item.line))
    return places


def _citations(page: Page) -> list[Place]:
    return [Place(item.key, item.line) for item in page.items if isinstance(item, Citation)]


def _numbers(page: Page) -> list[Place]:
    return [Place(item.question, item.line) for item in page.items if isinstance(item, Number)]


_ORDERED: dict[str, Callable[[Page], list[Place]]] = {
    "heading": lambda page: page.outline.headings,
    "listing, source or figure": _woven,
    "formula": _formulas,
    "citation": _citations,
    "link": lambda page: page.outline.links,
    "block": lambda page: page.outline.blocks,
}
