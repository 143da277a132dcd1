"""A page as it lies on disk: a Markdown file, or a lab in one language."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from press.project import file_of
from press.syntax.lab import read_lab

__all__ = ["PageText", "read_page", "title_of"]

_FRONT_MATTER = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)
_TITLE = re.compile(r"^#\s+(.*?)\s*(?:\{[^{}]*\})?\s*$", re.MULTILINE)


@dataclass(frozen=True)
class PageText:
    """A page as it lies on disk.

    Attributes:
        path: the file that somebody edits.
        front_matter: what stands between the two lines of ``---``; may be empty.
        body: the Markdown after it.
        first_line: the number of the body's first line.
    """

    path: Path
    front_matter: str
    body: str
    first_line: int

    def line_of(self, text: str) -> int:
        """Return the first line of the body that holds ``text``, or the body's first."""
        return next(self.lines_with(re.escape(text)), self.first_line)

    def lines_with(self, pattern: str) -> Iterator[int]:
        """Yield the line of every match of a pattern in the body."""
        for match in re.finditer(pattern, self.body, re.MULTILINE):
            yield self.first_line + self.body.count("\n", 0, match.start())


def read_page(path: Path) -> PageText:
    """Read a page and set its front matter apart; a lab's text is that of its language."""
    if path.suffix == ".ipynb":
        lab = read_lab(file_of(path))
        return PageText(lab.path, "", lab.body(path.parents[1].name), 1)
    text = path.read_text("utf-8-sig")
    match = _FRONT_MATTER.match(text)
    if match is None:
        return PageText(path, "", text, 1)
    return PageText(path, match[1], text[match.end() :], text[: match.end()].count("\n") + 1)


def title_of(page: Path) -> str:
    """Return a page's title, as its first heading says it."""
    match = _TITLE.search(read_page(page).body)
    return match[1] if match else page.stem
