"""Put placeholders where woven things stand, before Markdown sees the page."""

import re

from markdown import Markdown
from markdown.preprocessors import Preprocessor

from press.render.formulas import render_formulas_of
from press.render.page_state import PageState
from press.render.placeholders import NOT_TEXT, NUMERAL, placeholder, stamp
from press.syntax.woven import Block, Citation, Formula, Number

__all__ = ["InsertPlaceholders", "with_placeholders"]


class InsertPlaceholders(Preprocessor):
    """Replace woven things by placeholders."""

    def __init__(self, md: Markdown, page: PageState) -> None:
        super().__init__(md)
        self.page = page

    def run(self, lines: list[str]) -> list[str]:
        """Return the page's lines with placeholders for everything woven."""
        self.page.start("\n".join(lines))
        render_formulas_of(self.page)
        end = len(self.page.recognised.text)
        return with_placeholders(self.page, 0, end, whole=True).split("\n")


def with_placeholders(page: PageState, start: int, end: int, whole: bool = False) -> str:
    """Return a stretch of the page with placeholders for what is woven into it."""
    recognised, pieces, position = page.recognised, [], start
    for index, item in enumerate(recognised.items):
        if item.start < position or item.end > end:
            continue
        pieces.append(_prose(page, position, item.start))
        text = recognised.text[item.start : item.end]
        position = item.end
        if isinstance(item, Block) and whole:
            indent = re.match(r"[ \t>]*", text)
            lead = indent[0] if indent else ""
            blank = "" if ">" in lead else "\n"
            pieces.append(f"{blank}{lead}{placeholder(index)}{blank}")
        elif isinstance(item, Number | Formula | Citation):
            pieces.append(placeholder(index))
        else:
            pieces.append(text)
    pieces.append(_prose(page, position, end))
    return "".join(pieces)


def _prose(page: PageState, start: int, end: int) -> str:
    """Return prose, its numerals stamped with their lines if a checker asks for it."""
    recognised = page.recognised
    text = recognised.text[start:end]
    if not page.stamps or not text:
        return text
    hidden = [(m.start(), m.end()) for m in NOT_TEXT.finditer(recognised.text, start, end)]
    pieces, position = [], start
    for numeral in NUMERAL.finditer(recognised.text, start, end):
        if any(a <= numeral.start() < b for a, b in hidden):
            continue
        pieces.append(recognised.text[position : numeral.end()])
        pieces.append(stamp(recognised.line_at(numeral.start())))
        position = numeral.end()
    return "".join(pieces) + recognised.text[position:end]
