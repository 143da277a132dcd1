"""Each listing, number and formula of a page is a test of its own, with file and line."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

pytest_plugins = ["pytester"]
OPTIONS = ("-ppress.pytest_plugin", "-pno:cacheprovider", "--rootdir=.")


@pytest.fixture
def book(small: Any, pytester: pytest.Pytester) -> Any:
    """The small book as the project under test."""
    small.replace("docs/en/powers.md", "The length", "On GPT-2, L2 and Python 3.11, the length")
    for path in small.root.iterdir():
        path.rename(pytester.path / path.name)
    small.root = pytester.path
    return small


def run(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return pytester.runpytest_inprocess(*OPTIONS, *arguments)


def test_a_book_that_holds_passes_item_by_item(book: Any, pytester: pytest.Pytester) -> None:
    result = run(pytester, "-v", "docs")
    result.assert_outcomes(passed=25)
    result.stdout.fnmatch_lines([
        "docs/en/powers.md::line 3: listing powers/squares.py PASSED*",
        "docs/en/powers.md::line 17: number 3 = squares: x[[]0[]] PASSED*",
        "docs/en/powers.md::line 18: formula *27.7 PASSED*",
        "docs/en/powers.md::line 1: everything is woven PASSED*",
        "docs/zh/powers.md::line 21: number 27.7 = length PASSED*",
        "docs/zh/powers.md::line 1: the same as en PASSED*",
        "docs/zh/powers.md::line 1: everything written is shown PASSED*",
    ])  # fmt: skip


def test_a_digit_changed_in_a_page_fails_that_one_item_with_file_and_line(
    book: Any, pytester: pytest.Pytester
) -> None:
    book.replace("docs/en/powers.md", "[27.7]", "[27.8]")
    result = run(pytester, "docs")
    result.assert_outcomes(passed=24, failed=1)
    result.stdout.fnmatch_lines([
        "*line 21: number 27.8 = length*",
        "docs/en/powers.md:21: the page says 27.8; length is 27.7128129",
    ])  # fmt: skip
    assert "Traceback" not in result.stdout.str()


def test_a_broken_fence_fails_the_page_and_not_its_collection(
    book: Any, pytester: pytest.Pytester
) -> None:
    book.replace("docs/en/powers.md", "``` source", "``` sorce")
    result = run(pytester, "docs/en/powers.md")
    assert result.parseoutcomes()["failed"] >= 1
    assert "errors" not in result.parseoutcomes()
    result.stdout.fnmatch_lines(["docs/en/powers.md:11: a fence must be one of*got 'sorce'"])


def test_what_no_page_shows_fails_once(book: Any, pytester: pytest.Pytester) -> None:
    book.listing("idle", "x = 1\n")
    result = run(pytester, "docs")
    result.assert_outcomes(passed=24, failed=1)
    result.stdout.fnmatch_lines(["docs/listings/powers/idle.py:1: no page shows this listing"])


def test_one_item_can_be_run_by_its_name(book: Any, pytester: pytest.Pytester) -> None:
    result = run(pytester, "docs/en/powers.md", "-k", "21 and length")
    assert result.parseoutcomes() == {"passed": 1, "deselected": 11}


def test_the_same_thing_twice_on_a_line_is_two_items(book: Any, pytester: pytest.Pytester) -> None:
    for language in ("en", "zh"):
        page = f"docs/{language}/powers.md"
        book.replace(page, "[27.7]{= length}", "[27.7]{= length} [27.7]{= length}")
    result = run(pytester, "-v", "docs/en/powers.md")
    result.stdout.fnmatch_lines(["*::line 21: number 27.7 = length (2) PASSED*"])


def test_other_markdown_and_other_projects_are_left_alone(
    book: Any, pytester: pytest.Pytester
) -> None:
    book.write("README.md", "There are 12.\n")
    book.write("docs/notes.md", "There are 12.\n")
    result = run(pytester, "README.md", "docs/notes.md")
    assert "failed" not in result.parseoutcomes()
    (book.root / "pyproject.toml").write_text("")
    result = run(pytester, "docs")
    assert set(result.parseoutcomes()) <= {"warnings"}


def test_the_repository_collects_every_page_of_its_own() -> None:
    root = Path(__file__).resolve().parents[2]
    settings = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["tool"]["pytest"]
    assert "-ppress.pytest_plugin" in settings["ini_options"]["addopts"]
    assert {"src", "docs", "tests"} <= set(settings["ini_options"]["testpaths"])
