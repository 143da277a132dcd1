"""Every numeral that a reader sees is accounted for."""

import re
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser

from press.check.book import Page
from press.render.placeholders import CHECKED, NUMERAL, STAMP, number_of
from press.render.void import VOID

__all__ = ["bare_numerals", "stray_numerals"]

_SKIPPED = {"code", "samp", "script", "style"}
_UNREAD = {"script", "style"}
# Markdown numbers the footnotes itself; numbers and formulas are checked as such.
_NOT_WRITTEN = {"footnote-ref", "footnote-backref", "press-number", "press-formula"}
_READ_ALOUD = ("alt", "title", "aria-label", "aria-description", "placeholder", "summary")


def bare_numerals(text: str, exemptions: tuple[str, ...]) -> Iterator[int]:
    """Yield the offset of every numeral that no exempt string covers."""
    if not NUMERAL.search(text):
        return
    covered = [
        (match.start(), match.end())
        for string in exemptions
        if string in text
        for match in re.finditer(rf"(?<![A-Za-z0-9]){re.escape(string)}(?![A-Za-z0-9])", text)
    ]
    for numeral in NUMERAL.finditer(text):
        if not any(a <= numeral.start() and numeral.end() <= b for a, b in covered):
            yield numeral.start()


def stray_numerals(page: Page) -> list[tuple[int, str]]:
    """Return line and message for every numeral of a page that nothing accounts for."""
    exemptions = page.book.project.exemptions
    walker = _Walker()
    walker.feed(page.skeleton)
    walker.close()
    problems = []
    for text in walker.texts:
        clean, lines = _without_stamps(text)
        for offset in bare_numerals(clean, exemptions):
            around = clean[max(0, offset - 24) : offset + 24].strip()
            line = lines.get(offset) or _look_up(page, clean, offset)
            problems.append((line, f"an unchecked numeral: … {' '.join(around.split())} …"))
    front = page.text.front_matter
    problems += [
        (1 + front.count("\n", 0, offset) + 1, "an unchecked numeral in the front matter")
        for offset in bare_numerals(front, exemptions)
    ]
    return sorted(set(problems))


def _without_stamps(text: str) -> tuple[str, dict[int, int]]:
    """Return the text as a reader sees it, and the line of each stamped numeral."""
    text = CHECKED.sub("", text)
    clean, lines, position = "", dict[int, int](), 0
    for match in STAMP.finditer(text):
        clean += text[position : match.start()]
        position = match.end()
        if numeral := list(NUMERAL.finditer(clean)):
            lines[numeral[-1].start()] = number_of(match[1])
    return clean + text[position:], lines


def _look_up(page: Page, text: str, offset: int) -> int:
    """Return the line of a numeral that carries no stamp, as well as the text tells it."""
    for width in (24, 12, 6, 0):
        piece = text[max(0, offset - width) : offset + 1 + width].strip()
        if piece in page.text.body:
            return page.text.line_of(piece)
    lines = enumerate(page.text.body.splitlines(), page.text.first_line)
    spelled = (number for number, line in lines if text[offset] in unescape(line))  # &frac12;
    return next(spelled, page.text.first_line)


class _Walker(HTMLParser):
    """Collects what is read or read aloud, past what the press itself put there."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.open: list[tuple[str, bool]] = []

    @property
    def skipping(self) -> bool:
        return bool(self.open) and self.open[-1][1]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pressed = any(
            name == "data-press" or (name == "class" and value in _NOT_WRITTEN)
            for name, value in attrs
        )
        if tag == "svg" or not (pressed or self.skipping):
            self.texts += [value for name, value in attrs if name in _READ_ALOUD and value]
        if tag not in VOID:
            self.open.append((tag, self.skipping or pressed or tag in _SKIPPED))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not self.skipping:
            self.texts.append(data)
        elif STAMP.search(data) and self.open[-1][0] not in _UNREAD:
            self.texts.append(data)  # prose that Markdown or raw HTML made code: nothing checks it
