"""Each listing, number and formula of a page is a test, with the page's file and line.

With ``--kept`` (see tests/kept.py) the pages are left out that were proven before with just what
their proof depends on now.
"""

from collections.abc import Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from press.check.book import Book, Page
from press.check.checks import Check, page_checks
from press.check.coverage import book_failures
from press.check.proven import Proven
from press.failure import Failure
from press.project import Project
from press.render.formulas import render_formulas

__all__ = ["BOOK", "RUNS", "PageFile", "PageItem"]

BOOK = pytest.StashKey[Book]()  # that of the project
_PROOF = pytest.StashKey["_Proof"]()
RUNS = pytest.StashKey[Future[Any]]()  # what the chosen pages need, started with the first test


@pytest.hookimpl(tryfirst=True)
def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Collect a lab, although other programs of the docs are left alone."""
    return False if pages_from(collection_path, config) else None


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(
    file_path: Path, parent: pytest.Collector
) -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
    """Collect what is a page of the book, or more than one, as nothing else."""
    collectors = yield
    if pages_from(file_path, parent.config):
        return [PageFile.from_parent(parent, path=file_path)]
    return collectors


def pages_from(path: Path, config: pytest.Config) -> list[Page]:
    """Return the pages that come from a file: a lab is one in each language."""
    if path.suffix not in (".md", ".py"):
        return []
    book = _book(config)
    if book is None or not path.is_relative_to(book.project.docs):
        return []
    return [page for page in book.pages() if page.file == path]


def _book(config: pytest.Config) -> Book | None:
    """Return the book of this run, made when the first page is met."""
    if BOOK not in config.stash:
        try:
            config.stash[BOOK] = Book(Project.load(config.rootpath))
        except FileNotFoundError:
            return None
    return config.stash[BOOK]


class _Proof:
    """Which pages were proven before, and what this run has proven."""

    def __init__(self, book: Book, kept: bool) -> None:
        """Keep whether what was proven before is left out."""
        self.book = book
        self.kept = kept
        self.proven = Proven(book.project, book.runner, book.for_readers)
        self.known = set[Page]()
        self.rendered = False
        self.open: dict[Page, int] = {}  # how many checks of a page have not passed

    def checks(self, page: Page) -> list[Check]:
        """Return what is left to prove about a page; the first stands for the whole book."""
        if self.kept and self.proven.holds(page.path):
            self.known.add(page)
            checks = []
        else:
            self.render_formulas()
            checks = list(page_checks(page))
        book = self.book
        if page is book.pages()[0] and not (self.kept and self.proven.whole_holds()):
            checks.append(Check("everything written is shown", 1, lambda: book_failures(book)))
        self.open[page] = len(checks)
        return checks

    def render_formulas(self) -> None:
        """Render the formulas of all pages in one call, when the first page needs its own."""
        if not self.rendered:
            self.rendered = True
            render_formulas(self.book.project, [page.path for page in self.book.pages()])

    def remember(self) -> None:
        """Remember the pages of which every check has passed."""
        holding = [page for page, count in self.open.items() if not count]
        new = [page.path for page in holding if page not in self.known]
        if self.kept and new:
            self.proven.remember(new, whole=set(holding) == set(self.book.pages()))


@pytest.hookimpl(wrapper=True)
def pytest_runtestloop(session: pytest.Session) -> Generator[None, object, object]:
    """Run what the chosen pages need while tests that do not need it go on."""
    pages = {item.page for item in session.items if isinstance(item, PageItem)}
    if not pages or session.config.option.collectonly:
        return (yield)
    book = session.config.stash[BOOK]
    with ThreadPoolExecutor(1) as pool:  # it only waits for other processes
        session.config.stash[RUNS] = pool.submit(book.run, pages)
        try:
            result = yield
        finally:
            book.runner.stop()
            session.config.stash[_PROOF].remember()
        if pages >= set(book.pages()):
            book.sweep()
        return result


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Say what was not proven again."""
    if (proof := config.stash.get(_PROOF, None)) and proof.known:
        terminalreporter.write_line(
            f"{len(proof.known)} pages were proven before, with just what they depend on now."
        )


class PageFile(pytest.File):
    """A page."""

    def collect(self) -> Iterator["PageItem"]:
        """Yield a test for everything there is to prove about the page."""
        pages = pages_from(self.path, self.config)
        seen: dict[str, int] = {}
        for page in pages:
            language = f"{page.language}, " if len(pages) > 1 else ""
            for check in self.proof.checks(page):
                name = f"{language}line {check.line}: {check.name}"
                seen[name] = seen.get(name, 0) + 1
                if seen[name] > 1:
                    name += f" ({seen[name]})"
                yield PageItem.from_parent(self, name=name, page=page, check=check)

    @property
    def proof(self) -> _Proof:
        """What is known and done of the proof, made when the first page is met."""
        if _PROOF not in self.config.stash:
            kept = bool(self.config.getoption("kept", default=False))
            self.config.stash[_PROOF] = _Proof(self.config.stash[BOOK], kept)
        return self.config.stash[_PROOF]


class PageItem(pytest.Item):
    """One thing to prove about a page."""

    def __init__(self, *, page: Page, check: Check, **settings: Any) -> None:
        """Keep the check; it runs when the test does."""
        super().__init__(**settings)
        self.page, self.check = page, check

    def runtest(self) -> None:
        """Raise what does not hold."""
        self.config.stash[RUNS].result()
        failures = self.check.run()
        if failures:
            raise BrokenPageError(failures)
        self.config.stash[_PROOF].open[self.page] -= 1

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Return the failures as lines of file, line and message."""
        if isinstance(excinfo.value, BrokenPageError):
            return "\n".join(map(str, excinfo.value.failures))
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Return where the test stands, and its headline if it fails.

        The headline is not the name alone: pytest would write the points in it as ``::``.
        """
        return self.path, self.check.line - 1, f"{self.path.name}, {self.name}"


class BrokenPageError(AssertionError):
    """What a page says and is not so."""

    def __init__(self, failures: list[Failure]) -> None:
        """Keep the failures."""
        super().__init__("\n".join(map(str, failures)))
        self.failures = failures
