"""Prove a page: each listing, number and formula by itself, and what the page owes as a whole."""

import io
import tokenize
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from press.check.answers import Answer
from press.check.book import Book, Page
from press.check.coverage import book_failures, undocumented_names
from press.check.interactive import folder_problems, still_problems
from press.check.links import broken_links
from press.check.numerals import bare_numerals, stray_numerals
from press.check.proven import Proven
from press.check.translations import differences, heading_problems
from press.execute.drawing import difference
from press.failure import Failure
from press.record.differences import first_difference
from press.record.fingerprints import is_recorded
from press.record.lab_outputs import closed, form_of, read_outputs
from press.syntax.lab import read_lab
from press.syntax.woven import (
    Cell,
    CodeSpan,
    Figure,
    Formula,
    Interactive,
    Listing,
    Number,
    PlainFence,
)
from press.values.arithmetic import NotNumericError
from press.values.literal import LiteralError, agrees, parse_literal, show
from press.values.relations import python_numerals, relations
from press.values.tex import numerals, parse_literal_in_tex

__all__ = [
    "LINKS",
    "Check",
    "check_book",
    "check_page",
    "item_checks",
    "page_checks",
]

LINKS = "no link is broken"  # the one check of a page that reads other pages' anchors


@dataclass(frozen=True)
class Check:
    """One thing to prove.

    Attributes:
        name: what a test of it is called.
        line: where it stands on its page.
        run: returns what does not hold.
        reads_others: it reads other pages of the book, too: an edit there can change it.
    """

    name: str
    line: int
    run: Callable[[], list[Failure]]
    reads_others: bool = False


def item_checks(page: Page) -> list[Check]:
    """Return what there is to prove about each woven thing of a page, in order."""
    checks = []
    for item in page.items:
        check = _CHECKS.get(type(item))
        if check is not None:
            checks.append(Check(item.label, item.line, _bind(check, page, item)))
    return checks


def page_checks(page: Page) -> list[Check]:
    """Return everything there is to prove about one page, in the order of the page."""
    checks = item_checks(page)
    whole: dict[str, Callable[[], Iterable[tuple[int, str]]]] = {
        "everything is woven": lambda: page.problems,
        "every numeral is accounted for": lambda: stray_numerals(page),
        "every heading has its id": lambda: heading_problems(page),
        LINKS: lambda: broken_links(page),
        "every public name is shown": lambda: undocumented_names(page),
    }
    if page.lab is not None:
        whole["the lab is recorded"] = lambda: _unrecorded(page)
    others = {LINKS}
    for twin in page.book.project.translations(page.path):
        name = f"the same as {page.book.project.language_of(twin)}"
        whole[name] = _twin(page, twin)
        others.add(name)
    for name, find in whole.items():
        run = _failures(page, find)
        checks.append(Check(name, page.text.first_line, run, name in others))
    return checks


def check_page(page: Page) -> list[Failure]:
    """Return everything on one page that does not hold."""
    return sorted({failure for check in page_checks(page) for failure in check.run()})


def check_book(book: Book) -> list[Failure]:
    """Return everything in a project that does not hold.

    What was proven before, with just what it depends on now, is not proven again. Where all is
    proven anew, what nobody asks for any more is forgotten.
    """
    proven = Proven(book.project, book.runner, book.for_readers)
    if proven.whole_holds():
        return []
    pages = [page for page in book.pages() if not proven.holds(page.path)]
    book.run(pages)
    failures_of = {page: check_page(page) for page in pages}
    failures = set(book_failures(book)).union(*failures_of.values())
    proven.remember([page.path for page in pages if not failures_of[page]], whole=not failures)
    if pages == book.pages():
        book.sweep()
    return sorted(failures)


def _bind(check: Any, page: Page, item: Any) -> Callable[[], list[Failure]]:
    return lambda: list(check(page, item))


def _failures(
    page: Page, find: Callable[[], Iterable[tuple[int, str]]]
) -> Callable[[], list[Failure]]:
    return lambda: [Failure(page.file, line, message) for line, message in find()]


def _twin(page: Page, path: Path) -> Callable[[], Iterable[tuple[int, str]]]:
    def compare() -> Iterable[tuple[int, str]]:
        if not page.book.project.has_page(path):
            return [(1, f"every page must exist in every language; there is no {path.name} there")]
        return differences(page, page.book.page(path))

    return compare


def _number(page: Page, item: Number) -> Iterator[Failure]:
    message = _disagreement(page, item.literal, item.question, parse_literal)
    if message:
        yield Failure(page.file, item.line, message)


def _formula(page: Page, item: Formula) -> Iterator[Failure]:
    try:
        messages = list(_formula_messages(page, item))
    except (NotNumericError, LiteralError) as error:
        messages = [str(error)]
    except (OverflowError, ValueError, ZeroDivisionError) as error:
        messages = [f"a formula must be one that can be evaluated; {error}"]
    for message in messages:
        yield Failure(page.file, item.line, message)


def _formula_messages(page: Page, item: Formula) -> Iterator[str]:
    for val in item.tex.vals:
        val.parse()  # what is no number is refused, whatever its expression comes to
        message = _disagreement(page, val.literal, val.expression, parse_literal_in_tex)
        if message:
            yield message
    if item.identity is None:
        for chain in relations(item.tex):
            yield from chain.failures()
        return
    answer = page.answers.identities[item.identity]
    if answer.error:
        yield f"the identity {{= {item.identity}}} cannot be evaluated: {answer.error}"
        return
    if answer.value:
        yield f"the identity {{= {item.identity}}} does not hold: {answer.value}"
    in_tex = numerals(item.tex.without_vals)
    in_python = python_numerals(item.identity)
    if in_tex != in_python:
        yield (
            f"the numerals of the formula are {', '.join(in_tex) or 'none'};"
            f" those of its identity are {', '.join(in_python) or 'none'}"
        )


def _disagreement(page: Page, literal: str, expression: str, parse: Callable[[str], object]) -> str:
    """Return how a literal and its expression disagree, or nothing."""
    answer = page.answers.values[expression]
    if answer.unproven:
        return ""
    if answer.error:
        return f"{{= {expression}}} cannot be evaluated: {answer.error}"
    value = answer.value
    if isinstance(value, str):
        return "" if literal.strip() == value else f"the page says {literal}; it is {value}"
    try:
        parsed = parse(literal)
    except LiteralError as error:
        return str(error)
    if agrees(parsed, value) or any(agrees(flat, value) for flat in _flattened(parsed)):
        return ""
    return f"the page says {literal}; {expression} is {show(value)}"


def _flattened(parsed: object) -> Iterator[object]:
    """Yield a matrix of one row or one column as a vector, which values often are."""
    if isinstance(parsed, list) and all(isinstance(row, list) for row in parsed):
        if len(parsed) == 1:
            yield parsed[0]
        if all(len(row) == 1 for row in parsed):
            yield [row[0] for row in parsed]


def _listing(page: Page, item: Listing) -> Iterator[Failure]:
    path = page.book.project.listings / item.path
    if not path.is_file():
        return  # the renderer has said so
    yield from _comments(page, path, path.read_text("utf-8-sig"))
    if page.book.may_run(path):
        run = page.runs[path]
        if run.error:
            yield Failure(path, 1, f"a listing must end well; this one says: {run.error}")
            return
        out = path.with_suffix(".out")
        yield from _recorded(out, _text(out), run.stdout, "the listing prints")
    if not is_recorded(page.book.project, path):
        yield Failure(
            path, 1, "edited since its output was recorded; read its page, then `make update`"
        )


def _text(path: Path) -> str:
    return path.read_text("utf-8") if path.is_file() else ""


def _recorded(
    path: Path, recorded: str, printed: str, who: str, first_line: int = 1
) -> Iterator[Failure]:
    """Yield the first line in which a record differs from what was printed."""
    if different := first_difference(recorded, printed):
        line, says, prints = different
        yield Failure(path, first_line + line, f"recorded: {says!r}; {who}: {prints!r}")


def _comments(page: Page, path: Path, text: str) -> Iterator[Failure]:
    """Yield the comments of a program that hold a numeral: nothing would check it."""
    for line, comment in _comments_of(text):
        for _ in bare_numerals(comment, page.book.project.exemptions):
            message = f"a numeral in a comment is unchecked; print it: {comment}"
            yield Failure(path, line, message)


@lru_cache(maxsize=256)
def _comments_of(text: str) -> list[tuple[int, str]]:
    """Return line and text of each comment of a program."""
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return [(token.start[0], token.string) for token in tokens if token.type == tokenize.COMMENT]


def _unrecorded(page: Page) -> Iterator[tuple[int, str]]:
    """Yield why the record of a lab is not what the lab does."""
    lab, project = page.lab, page.book.project
    if lab is None:
        return
    if not is_recorded(project, lab.path):
        yield 1, "edited since its output was recorded; `make update`, then read the lab"
        return
    run = page.runs.get(lab.path)
    if run is not None and run.error:
        name = run.error.removeprefix("cell ").partition(":")[0]
        yield lab.line_of(name), f"a lab must end well; this one says: {run.error}"


def _cell(page: Page, item: Cell) -> Iterator[Failure]:
    lab = page.lab
    if lab is None:
        message = f"a cell must stand in a lab; got {item.label!r}"
        yield Failure(page.file, item.line, message)
        return
    cell, outputs = lab.cell(item.name), read_outputs(lab.path)
    yield from _comments(page, lab.path, lab.code_of(cell))
    drawing = f"labs/{lab.path.stem}/{cell.name}.svg"
    shown_here = {figure.path for figure in page.items if isinstance(figure, Figure)}
    if cell.name in outputs.figures and drawing not in shown_here:
        message = f"no figure fence of this lab in {page.language} shows {drawing}"
        yield Failure(lab.path, item.line, message)
    run = page.runs.get(lab.path)
    if run is None or run.error:
        return  # another check says so
    recorded, shown = outputs.texts.get(cell.name, ""), run.shown[cell.name]
    printed = closed(shown["text"])
    if cell.measured and form_of(recorded) == form_of(printed):
        printed = recorded
    first_line = outputs.lines.get(cell.name, 1)
    yield from _recorded(outputs.path, recorded, printed, "the cell prints", first_line)
    if bool(shown["figure"]) != (cell.name in outputs.figures):
        yield Failure(lab.path, item.line, "a cell's figure must be recorded; `make update`")


def _figure(page: Page, item: Figure) -> Iterator[Failure]:
    path = page.book.project.figure(item.path)
    program = page.book.project.drawn_by(item.path)
    if not path.is_file():
        return  # the renderer has said so
    if not program.is_file():
        yield Failure(
            path, 1, f"a figure must be drawn by code; there is no {program.name} beside it"
        )
        return
    if page.book.project.is_lab(program):
        if not (item.x and item.y):  # its labels are symbols: one drawing serves all languages
            missing = " and ".join(f"{axis}:" for axis in "xy" if not getattr(item, axis))
            message = f"a plot must say in words what is at its axes; {missing} missing"
            yield Failure(page.file, item.line, message)
        yield from _lab_figure(page, path, program)
        return
    run = page.runs[program]
    if run.error:
        yield Failure(program, 1, f"a drawing program must end well; this one says: {run.error}")
        return
    yield from _recorded(path, _text(path), run.stdout, "its program draws")
    if not is_recorded(page.book.project, program):
        yield Failure(program, 1, "edited since its drawing was recorded; `make update`")


def _interactive(page: Page, item: Interactive) -> Iterator[Failure]:
    yield from _figure(page, item)
    yield from still_problems(page.book.project, item.name, item.path)
    folder = page.book.project.interactive / item.name
    if not folder.is_dir():
        return  # the renderer has said so
    yield from folder_problems(page.book.project, item.name)
    if message := page.book.model_failures(item.name):
        yield Failure(folder / "model.js", 1, f"the model must be the package's: {message}")


def _lab_figure(page: Page, path: Path, program: Path) -> Iterator[Failure]:
    run = page.runs.get(program)
    if run is None or run.error:
        return  # a check of the lab says so
    if any(cell.measured and cell.name == path.stem for cell in read_lab(program).code_cells):
        return  # it draws measured times: another drawing each time
    drawn = run.shown.get(path.stem, {}).get("figure") or ""
    if message := difference(path.read_text("utf-8"), drawn):
        yield Failure(path, 1, message)


def _code(page: Page, item: CodeSpan) -> Iterator[Failure]:
    if not list(bare_numerals(item.code, page.book.project.exemptions)):
        return
    answer = page.answers.conditions.get(item.code, Answer(error="it is no Python expression"))
    if answer.unproven:
        return
    if answer.value is True and any(sign in item.code for sign in ("==", "<", ">", "!=")):
        return
    why = answer.error or f"it is {answer.value}"
    yield Failure(
        page.file,
        item.line,
        f"inline code with a numeral must be a comparison that holds, or exempt: `{item.code}`;"
        f" {why}",
    )


def _plain_fence(page: Page, item: PlainFence) -> Iterator[Failure]:
    for offset in bare_numerals(item.body, page.book.project.exemptions):
        line = item.line + 1 + item.body.count("\n", 0, offset)
        yield Failure(page.file, line, "an unchecked numeral in a plain fence")


_CHECKS: dict[type, Callable[[Page, Any], Iterator[Failure]]] = {
    Listing: _listing,
    Cell: _cell,
    Figure: _figure,
    Interactive: _interactive,
    Number: _number,
    Formula: _formula,
    CodeSpan: _code,
    PlainFence: _plain_fence,
}
