"""The pages of a project, rendered once, and the values that their listings bind."""

import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any

from press.check.answers import UNPROVEN, Answer, Answers, exact
from press.check.outline import Outline, outline_of
from press.check.tags import Tag, tags_of
from press.execute.cache import Store
from press.execute.figures import model_failures
from press.execute.runner import Run, Runner
from press.failure import PressError
from press.project import Project, file_of
from press.record.fingerprints import is_recorded
from press.render.pages import Rendered, render
from press.render.placeholders import STAMP, unstamped
from press.syntax.lab import Lab, read_lab
from press.syntax.names import is_expression_with_names, names_bound, names_in
from press.syntax.pages import PageText, read_page
from press.syntax.recognise import Recognised, recognise
from press.syntax.states import FIGURE
from press.syntax.woven import CodeSpan, Figure, Formula, Interactive, Listing, Number, Woven

__all__ = ["Book", "Page"]

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
            other._pages[page.path] = Page(other, page.path, page.rendered)
        return other

    def borrow(self, original: "Book") -> None:
        """Take over what another book has rendered, of which this one is a copy elsewhere."""
        for page in original.pages():
            if page.is_rendered:
                copied = self.project.root / page.path.relative_to(original.project.root)
                self._pages[copied.resolve()] = Page(self, copied.resolve(), page.rendered)

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
        return self.runner.run_all(self.programs(pages), self.names_needed())

    def programs(self, pages: Iterable["Page"]) -> set[Path]:
        """Return the programs that pages need."""
        programs = set[Path]()
        for page in pages:
            with suppress(PressError):  # the page itself will say what is wrong with it
                programs |= page.programs
        return programs

    def names_needed(self) -> dict[Path, set[str]]:
        """Return the names whose values the pages of the book ask of each program.

        Those of all pages: a program that is run for one page need not run again for another.
        """
        names = dict[Path, set[str]]()
        for page in self.pages():
            for program, needed in page.names_needed.items():
                names.setdefault(program, set()).update(needed)
        return names

    def sweep(self) -> None:
        """Remove what is remembered of runs, formulas and figures that are not the book's any more.

        Call it when everything of the book has just been asked for.
        """
        self.runner.sweep()
        for kind in ("bundles", "figures", "mathml"):
            Store(self.project.cache / kind).sweep()

    def may_run(self, program: Path) -> bool:
        """Return whether a program may run; a lab that is not recorded as it is must not."""
        if not self.project.is_lab(program):
            return not (self.for_readers and self.runner.lacks(program))
        known = not self.for_readers or self.runner.has_run(program)
        return known and is_recorded(self.project, program)

    def model_failures(self, name: str) -> str:
        """Return how the model of an interactive figure differs from the package, if it does."""
        return model_failures(self.runner).get(name, "")

    def forget(self, path: Path) -> None:
        """Read a page anew when it is next asked for."""
        self._pages.pop(path.resolve(), None)

    def put_back(self, page: "Page") -> None:
        """Have a page again that was forgotten: its file, and what it shows, are as they were."""
        self._pages[page.path] = page


class Page:
    """One page in one language."""

    def __init__(self, book: Book, path: Path, rendered: Rendered | None = None) -> None:
        """Keep where it is, and how it is rendered if that is known; nothing is read yet."""
        self.book = book
        self.path = path
        self.file = file_of(path)
        self.language = book.project.language_of(path)
        self.chapter = book.project.chapter_of(path)
        self._rendered = rendered

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
        problems = list(self.rendered.problems)
        if self.lab is not None:
            problems += [*self.lab.problems, *self.lab.unpaired(self.book.project.languages)]
        return sorted(problems)

    @property
    def is_rendered(self) -> bool:
        """Whether the page has been rendered."""
        return self._rendered is not None

    @property
    def rendered(self) -> Rendered:
        """The page as a checker renders it, its numerals stamped with their lines."""
        if self._rendered is None:
            self._rendered = render(self.book.project, self.language, self.text, stamp=True)
        return self._rendered

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
            lambda inside: inside[0] if STAMP.search(inside[0]) else f"<{inside[1]}></{inside[1]}>",
            self.rendered.html,
        )

    @cached_property
    def tags(self) -> Sequence[Tag]:
        """The start tags of the page."""
        return tags_of(unstamped(self.skeleton))

    @cached_property
    def outline(self) -> Outline:
        """The headings, links and blocks of the page."""
        return outline_of(self.tags, self.text)

    @cached_property
    def ids(self) -> set[str]:
        """The anchors of the page."""
        return {tag.attributes["id"] for tag in self.tags if "id" in tag.attributes}

    @property
    def items(self) -> tuple[Woven, ...]:
        """The woven things, in order."""
        return self.rendered.recognised.items

    @cached_property
    def runs(self) -> dict[Path, Run]:
        """What the page's programs did."""
        return self.book.runner.run_all(self.programs, self.names_needed)

    @cached_property
    def names_needed(self) -> dict[Path, set[str]]:
        """The names whose values the page asks of each program; nothing is rendered for it."""
        needed = dict[Path, set[str]]()
        items = self.recognised.items
        shown = {self.listing(item.path) for item in items if isinstance(item, Listing)}
        shown = {self.lab.path} if self.lab else shown
        for stated in [*_expressions(items), *_conditions(items)]:
            among, expression = self.qualified(stated)
            if not is_expression_with_names(expression) or stated.startswith(FIGURE):
                continue
            for program in set(map(self.listing, among)) or shown:
                needed.setdefault(program, set()).update(names_in(expression))
        return needed

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
        identities = {item.identity for item in self.items if isinstance(item, Formula)}
        return sorted(identity for identity in identities if identity)

    def qualified(self, expression: str) -> tuple[list[str], str]:
        """Return the listing, or the figure's state, that an expression names, and the rest."""
        if expression.startswith(FIGURE):
            figure, _, rest = expression.partition(": ")
            return [figure], rest
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
        return is_expression_with_names(rest) and any(
            names_in(rest) & names_bound(p) for p in waiting
        )

    @cached_property
    def shown(self) -> set[Path]:
        """The files of the page's listings."""
        return {self.listing(item.path) for item in self.items if isinstance(item, Listing)}

    @cached_property
    def waiting(self) -> set[Path]:
        """The programs that expressions may be about and that may not run now; mostly none."""
        named = {path for stated in self.expressions for path in self.qualified(stated)[0]}
        named |= {path for stated in self.conditions for path in self.qualified(stated)[0]}
        programs = {self.lab.path} if self.lab else self.shown | set(map(self.listing, named))
        return {p for p in programs if p.is_file() and not self.book.may_run(p)}

    @cached_property
    def answers(self) -> Answers:
        """The evaluator's answers to all expressions, conditions and identities of the page."""
        project = self.book.project
        shown = {item.path for item in self.items if isinstance(item, Listing)}
        shown |= {project.name_of(self.lab.path)} if self.lab else set()
        keys = {
            project.name_of(program): run.key
            for program, run in sorted(self.runs.items())
            if not program.is_relative_to(project.figures) and not run.error
        }
        waiting = {e for e in (*self.expressions, *self.conditions) if self.waits(e)}
        expressions = [e for e in self.expressions if e not in waiting]
        conditions = [
            c for c in self.conditions if c not in waiting and is_expression_with_names(c)
        ]
        question = {
            "listings": keys,
            "shown": sorted(shown & keys.keys()),
            "facts": project.facts,
            "figures": {
                item.name: self.book.runner.figure_key(item.name)
                for item in self.items
                if isinstance(item, Interactive)
            },
            "symbols": str(project.docs / "symbols.py"),
            "values": [
                {"among": among, "expression": expression}
                for among, expression in map(self.qualified, expressions)
            ],
            "conditions": conditions,
            "identities": self.identities,
        }
        if not (expressions or conditions or self.identities):
            answers = {
                kind: list[dict[str, Any]]() for kind in ("values", "conditions", "identities")
            }
        else:
            answers = self.book.runner.evaluate(question)
        unproven = dict.fromkeys(waiting, UNPROVEN)
        values = [
            Answer(exact(answer["is"])) if "is" in answer else Answer(error=answer["error"])
            for answer in answers["values"]
        ]
        return Answers(
            unproven | dict(zip(expressions, values, strict=True)),
            unproven | _answers(conditions, answers["conditions"]),
            _answers(self.identities, answers["identities"]),
        )


def _answers(expressions: Sequence[str], answers: Sequence[dict[str, Any]]) -> dict[str, Answer]:
    """Return the answer to each expression."""
    typed = (Answer(answer.get("is"), answer.get("error", "")) for answer in answers)
    return dict(zip(expressions, typed, strict=True))


def _expressions(items: Iterable[Woven]) -> list[str]:
    """Return every expression whose value is stated."""
    expressions = set[str]()
    for item in items:
        if isinstance(item, Number):
            expressions.add(item.question)
        elif isinstance(item, Formula):
            expressions.update(val.expression for val in item.tex.vals)
    return sorted(expressions)


def _conditions(items: Iterable[Woven]) -> list[str]:
    """Return every comparison in inline code."""
    return sorted({item.code for item in items if isinstance(item, CodeSpan)})
