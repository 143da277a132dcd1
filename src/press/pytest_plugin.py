"""Each listing, number and formula of a page is a test, with the page's file and line."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from press.book import Book
from press.check import Check, page_checks
from press.coverage import unshown
from press.failure import Failure
from press.project import Project

__all__ = ["PageFile", "PageItem"]

_BOOK = pytest.StashKey[Book]()


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> "PageFile | None":
    """Collect the pages of the book, and mkdocs.yml for what it owes as a whole."""
    if file_path.suffix != ".md":
        return None
    book = _book(parent.config)
    if book is None:
        return None
    try:
        book.project.language_of(file_path)
    except ValueError:
        return None
    return PageFile.from_parent(parent, path=file_path)


def _book(config: pytest.Config) -> Book | None:
    """Return the book of this run, made when the first page is met."""
    if _BOOK not in config.stash:
        try:
            config.stash[_BOOK] = Book(Project.load(config.rootpath))
        except FileNotFoundError:
            return None
    return config.stash[_BOOK]


class PageFile(pytest.File):
    """A page."""

    def collect(self) -> Iterator["PageItem"]:
        """Yield a test for everything there is to prove about the page."""
        book = _book(self.config)
        if book is None:
            return
        page = book.page(self.path)
        seen: dict[str, int] = {}
        checks = list(page_checks(page))
        first = book.project.pages(book.project.languages[0])
        if first and page.path == first[0].resolve():
            checks.append(Check("everything written is shown", 1, lambda: unshown(book)))
        for check in checks:
            name = f"line {check.line}: {check.name}"
            seen[name] = seen.get(name, 0) + 1
            if seen[name] > 1:
                name += f" ({seen[name]})"
            yield PageItem.from_parent(self, name=name, check=check)


class PageItem(pytest.Item):
    """One thing to prove about a page."""

    def __init__(self, *, check: Check, **settings: Any) -> None:
        """Keep the check; it runs when the test does."""
        super().__init__(**settings)
        self.check = check

    def runtest(self) -> None:
        """Raise what does not hold."""
        failures = self.check.run()
        if failures:
            raise BrokenPageError(failures)

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
