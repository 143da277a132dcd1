"""What the search knows of a page: its sections, the words of its code, the glossary's names.

A browser reads this text itself (docs/assets/search/engine.js) and needs no index beside it.
So it is the text that a reader sees, without the programs: of these, only the names are kept.
"""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from press.render.void import VOID

__all__ = ["PageEntry", "Section", "entry_of"]

_HEADINGS = ("h1", "h2", "h3", "h4")
_EMPTY = VOID | {"mspace"}
_SKIPPED_TAGS = {"button", "script", "style", "svg"}
_SKIPPED_CLASSES = {
    "headerlink",
    "press-install",
    "press-label",
    "press-lab",
    "press-provenance",
    "press-sightings",
    "press-tools",
}
_PROGRAMS = {"press-docstring", "press-listing", "press-source"}  # their captions say no more
_BREAKS = {"p", "li", "td", "th", "tr", "dd", "dt", "div", "figure", "figcaption", "summary"}
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_TERM = "term-"  # how the id of a row of the glossary begins
_SHORTEST = 4  # letters of a name in a program that somebody searches for
_NAMES = re.compile(r"\s*[,，]\s*")


@dataclass
class Section:
    """What stands under one heading, or in one row of the glossary.

    Attributes:
        anchor: its id; the page's first section has none.
        title: the heading.
        text: what a reader sees, without programs.
        code: names in its programs that the text does not have.
    """

    anchor: str
    title: str = ""
    text: str = ""
    code: str = ""


@dataclass(frozen=True)
class Named:
    """A row of the glossary.

    Attributes:
        names: what the thing is called, in both languages.
        link: to the page that its meaning first names: there it is explained.
    """

    names: list[str]
    link: str


@dataclass
class PageEntry:
    """What the search knows of a page.

    Attributes:
        title: the page's own.
        sections: in the order of the page; the rows of a glossary come after them.
        names: the rows of a glossary.
        bold: words in bold type, as a page sets what it explains, and where they first stand.
    """

    title: str
    sections: list[Section] = field(default_factory=list)
    names: list[Named] = field(default_factory=list)
    bold: dict[str, str] = field(default_factory=dict)


def entry_of(html: str) -> PageEntry:
    """Return what the search knows of a page, by its content."""
    parser = _Parser()
    parser.feed(html)
    parser.close()
    sections = [parser.section(draft) for draft in parser.drafts]
    rows, names = [], []
    for row in parser.rows:
        cells = ["".join(cell) for cell in row.cells]
        rows.append(
            Section(row.anchor, " · ".join(map(_squeezed, cells[:2])), _squeezed(cells[-1]))
        )
        called = [name for cell in cells[:2] for name in _NAMES.split(cell.strip()) if name]
        names.append(Named(called, next(iter(row.links), "")))
    return PageEntry(sections[0].title, [*sections, *rows], names, parser.bold)


@dataclass
class _Draft:
    anchor: str = ""
    title: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    code: list[str] = field(default_factory=list)


@dataclass
class _Row:
    anchor: str = ""
    cells: list[list[str]] = field(default_factory=list)
    links: list[str] = field(default_factory=list)


class _Parser(HTMLParser):
    """Reads the content of a page, from heading to heading."""

    def __init__(self) -> None:
        super().__init__()
        self.drafts = [_Draft()]
        self.rows: list[_Row] = []
        self._open: list[tuple[str, set[str], bool]] = []  # and whether it hides what is in it
        self._heading = ""
        self._code = 0
        self._row = _Row()
        self._strong: list[str] = []
        self._has_words = False  # of a formula: they stand before it, unless it shows them itself
        self.bold: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a section at a heading, a term at its id."""
        if tag in _EMPTY:
            self._text(" ")
            return
        attributes = dict(attrs)
        classes = set((attributes.get("class") or "").split())
        above = self._open[-1][1] if self._open else set()
        if "press-formula" in classes:
            self._has_words = False
        self._has_words |= "press-tex" in classes
        hidden = tag in _SKIPPED_TAGS or bool(classes & _SKIPPED_CLASSES)
        hidden = hidden or (tag == "math" and self._has_words)
        hidden = hidden or (tag in ("figcaption", "summary") and bool(above & _PROGRAMS))
        self._open.append((tag, classes, hidden))
        identifier = attributes.get("id") or ""
        if tag in _HEADINGS and identifier:
            self._heading = tag
            if tag != "h1":
                self.drafts.append(_Draft(identifier))
        elif tag == "pre":
            self._code += 1
        elif tag == "tr":
            self._row = _Row()
        elif tag in ("td", "th"):
            self._row.cells.append([])
        elif tag == "strong":
            self._strong = []
        elif tag == "a" and not (attributes.get("href") or "#").startswith("#"):
            self._row.links.append(attributes["href"] or "")
        if identifier.startswith(_TERM):
            self._row.anchor = identifier
        if tag in _BREAKS:
            self._text(" ")

    def handle_endtag(self, tag: str) -> None:
        """End what begins with this tag."""
        if tag in (name for name, *_ in self._open):
            while self._open.pop()[0] != tag:
                pass
        if tag == self._heading:
            self._heading = ""
        elif tag == "strong":
            self.bold.setdefault("".join(self._strong), self.drafts[-1].anchor)
        elif tag == "pre":
            self._code -= 1
        elif tag == "tr":
            if self._row.anchor:
                self.rows.append(self._row)
            self._row = _Row()

    def handle_data(self, data: str) -> None:
        """Keep what is to be seen."""
        if not any(hidden for *_, hidden in self._open):
            self._text(data)

    def _text(self, data: str) -> None:
        draft = self.drafts[-1]
        if self._heading:
            draft.title.append(data)
        elif self._code:
            draft.code += _IDENTIFIER.findall(data)
        else:
            if not self._row.anchor:  # a row of the glossary stands for itself
                draft.text.append(data)
            self._strong.append(data)
            if self._row.cells:
                self._row.cells[-1].append(data)

    @staticmethod
    def section(draft: _Draft) -> Section:
        """Return a section as the search reads it."""
        text, title = _squeezed("".join(draft.text)), _squeezed("".join(draft.title))
        known = set(_IDENTIFIER.findall(f"{title} {text}"))
        names = dict.fromkeys(n for n in draft.code if len(n) >= _SHORTEST and n not in known)
        return Section(draft.anchor, title, text, " ".join(names))


def _squeezed(text: str) -> str:
    return " ".join(text.split())
