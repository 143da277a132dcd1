"""The pages of a project, rendered once, and the values that their listings bind."""

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cached_property
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from press.child import names_in
from press.failure import PressError
from press.lab import Lab, read_lab
from press.marks import STAMP, unstamped
from press.project import PageText, Project, file_of, read_page
from press.recognise import (
    CodeSpan,
    Figure,
    Formula,
    Listing,
    Number,
    Recognised,
    Woven,
    recognise,
)
from press.record import is_recorded
from press.run import Run, Runner
from press.store import Store
from press.tex import vals_in
from press.weave import Rendered, render

__all__ = ["UNPROVEN", "Book", "Page", "Tag"]

UNPROVEN = "unproven"  # in an answer: the expression is about a program that must not run here

_INSIDES = re.compile(r"<(pre|math)\b[^>]*>.*?</\1>", re.DOTALL)
_QUALIFIED = re.compile(r"(?P<listing>[a-z0-9_][a-z0-9_/-]*):\s+(?P<expression>.+)")


class Book:
    """A project's pages and runs; make a new one after an edit."""

    def __init__(
        self, project: Project, for_readers: bool = False, runner: Runner | None = None
    ) -> None:
        """Keep the project, and whether it is only to be read; nothing is rendered or run yet.

        For readers, no lab runs, and no listing whose extra of the package they do not have:
        what is recorded is shown. Whoever proves the book runs everything.
        """
        self.project = project
        self.for_readers = for_readers
        self.runner = runner or Runner(project)
        self._pages: dict[Path, Page] = {}

    def under(self, runner: Runner) -> "Book":
        """Return the same pages, rendered once, with what another runner's programs do."""
        other = Book(self.project, self.for_readers, runner)
        for page in self.pages():
            other.page(page.path).__dict__["rendered"] = page.rendered
        return other

    def borrow(self, original: "Book") -> None:
        """Take over what another book has rendered, of which this one is a copy elsewhere."""
        for page in original.pages():
            if "rendered" in page.__dict__:
                copied = self.project.root / page.path.relative_to(original.project.root)
                self.page(copied).__dict__["rendered"] = page.rendered

    def page(self, path: Path) -> "Page":
        """Return one page, the same object each time."""
        if path in self._pages:
            return self._pages[path]
        path = path.resolve()
        if path not in self._pages:
            self._pages[path] = Page(self, path)
        return self._pages[path]

    def pages(self) -> list["Page"]:
        """Return the pages of every language."""
        project = self.project
        return [self.page(path) for lang in project.languages for path in project.pages(lang)]

    def run(self, pages: Iterable["Page"]) -> dict[Path, Run]:
        """Run what pages need: sooner done in one go than check by check."""
        return self.runner.run_all(self.programs(pages), self.names_asked())

    def programs(self, pages: Iterable["Page"]) -> set[Path]:
        """Return the programs that pages need."""
        found = set[Path]()
        for page in pages:
            with suppress(PressError):  # the page itself will say what is wrong with it
                found |= page.programs
        return found

    def names_asked(self) -> dict[Path, set[str]]:
        """Return the names whose values the pages of the book ask of each program.

        Those of all pages: a program that is run for one page need not run again for another.
        """
        names = dict[Path, set[str]]()
        for page in self.pages():
            for program, asked in page.names_asked.items():
                names.setdefault(program, set()).update(asked)
        return names

    def sweep(self) -> None:
        """Remove what is remembered of runs and formulas that are not the book's any more.

        Call it when everything of the book has just been asked for.
        """
        self.runner.sweep()
        Store(self.project.cache / "mathml").sweep()

    def may_run(self, program: Path) -> bool:
        """Return whether a program may run; a lab that is not recorded as it is must not."""
        if not self.project.is_lab(program):
            return not (self.for_readers and self.runner.lacks(program))
        known = not self.for_readers or self.runner.has_run(program)
        return known and is_recorded(self.project, program)

    def forget(self, path: Path) -> None:
        """Read a page anew when it is next asked for."""
        self._pages.pop(path.resolve(), None)

    def put_back(self, page: "Page") -> None:
        """Have a page again that was forgotten: its file, and what it shows, are as they were."""
        self._pages[page.path] = page


class Page:
    """One page in one language."""

    def __init__(self, book: Book, path: Path) -> None:
        """Keep where it is; it is read when something is asked of it."""
        self.book = book
        self.path = path
        self.file = file_of(path)
        self.language = book.project.language_of(path)
        self.chapter = book.project.chapter_of(path)

    @cached_property
    def text(self) -> PageText:
        """The page as it lies on disk."""
        return read_page(self.path)

    @cached_property
    def recognised(self) -> Recognised:
        """The page's woven things; nothing is rendered to know them."""
        return recognise(self.text.body, self.text.first_line)

    @cached_property
    def lab(self) -> Lab | None:
        """The lab that the page comes from, if it comes from one."""
        return read_lab(self.file) if self.file != self.path else None

    @property
    def problems(self) -> list[tuple[int, str]]:
        """Line and message of what could not be read or woven."""
        found = list(self.rendered.problems)
        if self.lab is not None:
            found += [*self.lab.problems, *self.lab.unpaired(self.book.project.languages)]
        return sorted(found)

    @cached_property
    def rendered(self) -> Rendered:
        """The page as a checker renders it, its numerals stamped with their lines."""
        text = self.text
        return render(self.book.project, self.language, text.body, text.first_line, stamp=True)

    @cached_property
    def html(self) -> str:
        """The page's content as a reader gets it."""
        return unstamped(self.rendered.html)

    @cached_property
    def skeleton(self) -> str:
        """The stamped page without the insides of code and formulas: thousands of tags.

        What holds a stamp stays: it is prose that Markdown or raw HTML took for code.
        """
        return _INSIDES.sub(
            lambda found: found[0] if STAMP.search(found[0]) else f"<{found[1]}></{found[1]}>",
            self.rendered.html,
        )

    @cached_property
    def tags(self) -> Sequence["Tag"]:
        """The start tags of the page."""
        return tags_of(unstamped(self.skeleton))

    @cached_property
    def ids(self) -> set[str]:
        """The anchors of the page."""
        return {tag.attributes["id"] for tag in self.tags if "id" in tag.attributes}

    @property
    def items(self) -> tuple[Woven, ...]:
        """The woven things, in order."""
        return self.rendered.recognised.items

    def line_of(self, text: str) -> int:
        """Return the first line that holds ``text``, or the page's first."""
        return next(self.lines_with(re.escape(text)), self.text.first_line)

    def lines_with(self, pattern: str) -> Iterator[int]:
        """Yield the line of every match of a pattern in the page's text."""
        for match in re.finditer(pattern, self.text.body, re.MULTILINE):
            yield self.text.first_line + self.text.body.count("\n", 0, match.start())

    @cached_property
    def runs(self) -> dict[Path, Run]:
        """What the page's programs did."""
        return self.book.runner.run_all(self.programs, self.names_asked)

    @cached_property
    def names_asked(self) -> dict[Path, set[str]]:
        """The names whose values the page asks of each program; nothing is rendered for it."""
        asked = dict[Path, set[str]]()
        items = self.recognised.items
        own = {self.listing(item.path) for item in items if isinstance(item, Listing)}
        own = {self.lab.path} if self.lab else own
        for each in [*_expressions(items), *_conditions(items)]:
            among, expression = self.qualified(each)
            if not _readable(expression):
                continue
            for program in set(map(self.listing, among)) or own:
                asked.setdefault(program, set()).update(names_in(expression))
        return asked

    @cached_property
    def programs(self) -> set[Path]:
        """The page's programs: its listings, those it asks for, its figures'."""
        project = self.book.project
        programs = {self.listing(item.path) for item in self.items if isinstance(item, Listing)}
        programs |= {project.drawn_by(i.path) for i in self.items if isinstance(i, Figure)}
        for expression in self.expressions:
            programs.update(map(self.listing, self.qualified(expression)[0]))
        programs |= {self.lab.path} if self.lab else set()
        return {path for path in programs if path.is_file() and self.book.may_run(path)}

    def listing(self, path: str) -> Path:
        """Return the file of a listing or a lab."""
        return self.book.project.program(path)

    @cached_property
    def expressions(self) -> list[str]:
        """Every expression of the page whose value is stated."""
        return _expressions(self.items)

    @cached_property
    def conditions(self) -> list[str]:
        """Every comparison in inline code."""
        return _conditions(self.items)

    @cached_property
    def identities(self) -> list[str]:
        """Every identity that a formula carries."""
        found = {item.identity for item in self.items if isinstance(item, Formula)}
        return sorted(identity for identity in found if identity)

    def qualified(self, expression: str) -> tuple[list[str], str]:
        """Return the listing that an expression names, if it names one, and the rest."""
        match = _QUALIFIED.fullmatch(expression)
        if match is None:
            return [], expression
        name = match["listing"]
        path = name if "/" in name else f"{self.chapter}/{name}"
        return [f"{path}.py"], match["expression"]

    def waits(self, expression: str) -> bool:
        """Return whether an expression is about a program that may not run now."""
        if not self.waiting:
            return False
        named, rest = self.qualified(expression)
        among = {self.lab.path} if self.lab else set(map(self.listing, named)) or self.shown
        waiting = among & self.waiting
        if named or self.lab or not waiting:
            return bool(waiting)
        return _readable(rest) and any(names_in(rest) & names_bound(p) for p in waiting)

    @cached_property
    def shown(self) -> set[Path]:
        """The files of the page's listings."""
        return {self.listing(item.path) for item in self.items if isinstance(item, Listing)}

    @cached_property
    def waiting(self) -> set[Path]:
        """The programs that expressions may be about and that may not run now; mostly none."""
        named = {path for each in self.expressions for path in self.qualified(each)[0]}
        named |= {path for each in self.conditions for path in self.qualified(each)[0]}
        programs = {self.lab.path} if self.lab else self.shown | set(map(self.listing, named))
        return {p for p in programs if p.is_file() and not self.book.may_run(p)}

    @cached_property
    def answers(self) -> dict[str, dict[str, Any]]:
        """The evaluator's answer to every expression, condition and identity of the page."""
        project = self.book.project
        own = {item.path for item in self.items if isinstance(item, Listing)}
        own |= {project.name_of(self.lab.path)} if self.lab else set()
        runs = {
            project.name_of(program): run
            for program, run in self.runs.items()
            if not program.is_relative_to(project.figures) and not run.error
        }
        provable = [each for each in self.expressions if not self.waits(each)]
        values = [self.qualified(each) for each in provable]
        truths = [each for each in self.conditions if _readable(each) and not self.waits(each)]
        question = {
            "listings": {path: run.key for path, run in sorted(runs.items())},
            "own": sorted(own & set(runs)),
            "records": project.records,
            "values": [{"among": among, "expression": rest} for among, rest in values],
            "truths": truths,
            "identities": self.identities,
            "symbols": str(project.docs / "symbols.py"),
        }
        asked = [*self.expressions, *(f"`{c}`" for c in self.conditions)]
        unproven = {each: {UNPROVEN: True} for each in asked if self.waits(each.strip("`"))}
        if not (values or truths or self.identities):
            return unproven
        answer = self.book.runner.evaluate(question)
        return {
            **unproven,
            **dict(zip(provable, answer["values"], strict=True)),
            **{f"`{c}`": a for c, a in zip(truths, answer["truths"], strict=True)},
            **{f"={i}": a for i, a in zip(self.identities, answer["identities"], strict=True)},
        }


def _expressions(items: Iterable[Woven]) -> list[str]:
    """Return every expression whose value is stated."""
    found = set[str]()
    for item in items:
        if isinstance(item, Number):
            found.add(item.expression)
        elif isinstance(item, Formula):
            found.update(val.expression for val in vals_in(item.tex))
    return sorted(found)


def _conditions(items: Iterable[Woven]) -> list[str]:
    """Return every comparison in inline code."""
    return sorted({item.code for item in items if isinstance(item, CodeSpan)})


def _readable(expression: str) -> bool:
    """Return whether inline code is a Python expression."""
    try:
        return bool(names_in(expression))
    except SyntaxError:
        return False


def names_bound(program: Path) -> set[str]:
    """Return the names that a program binds, as far as its text shows them."""
    tree = ast.parse(program.read_text("utf-8-sig"))
    stored = (n for n in ast.walk(tree) if isinstance(n, ast.Name))
    return {node.id for node in stored if isinstance(node.ctx, ast.Store)}


class Tag:
    """A start tag: its name and its attributes."""

    def __init__(self, name: str, attributes: dict[str, str]) -> None:
        """Keep both."""
        self.name = name
        self.attributes = attributes


class _Tags(HTMLParser):
    """Collects start tags."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Tag] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append(Tag(tag, {name: value or "" for name, value in attrs}))


def tags_of(markup: str) -> list[Tag]:
    """Return the start tags of a piece of HTML, in order."""
    parser = _Tags()
    parser.feed(markup)
    parser.close()
    return parser.found
