"""The command line: what it prints, and what it returns."""

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from press.__main__ import main

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(small: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command in the small book and return status, output and errors."""
    small.replace("docs/en/powers.md", "The length", "On GPT-2, L2 and Python 3.11, the length")
    monkeypatch.chdir(small.root)

    def command(*arguments: str) -> tuple[int, str, str]:
        try:
            status = main(list(arguments))
        except SystemExit as end:
            status = int(end.code or 0)
        return status, *capsys.readouterr()

    return command


def test_a_book_that_holds_is_told_in_one_line_and_returns_0(run: Run) -> None:
    assert run("check") == (0, "", "2 pages, 0 failures\n")


def test_a_book_that_does_not_hold_lists_file_line_and_truth_and_returns_1(
    run: Run, small: Any
) -> None:
    small.replace("docs/zh/powers.md", "[27.7]", "[27.8]")
    status, out, err = run("check")
    assert (status, err) == (1, "2 pages, 1 failures\n")
    assert out == "docs/zh/powers.md:21: the page says 27.8; length is 27.7128129\n"


def test_one_page_can_be_checked_by_itself(run: Run, small: Any) -> None:
    small.replace("docs/zh/powers.md", "[27.7]", "[27.8]")
    assert run("check", "docs/en/powers.md") == (0, "", "1 pages, 0 failures\n")
    assert run("check", "docs/zh/powers.md")[0] == 1
    assert run("check", "docs/en/powers.md", "docs/zh/powers.md")[0] == 1


def test_the_book_is_found_from_a_folder_below(
    run: Run, small: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(small.root / "docs" / "en")
    assert run("check", "powers.md") == (0, "", "1 pages, 0 failures\n")


@pytest.mark.parametrize("page", ["docs/en/none.md", "docs/exemptions.txt", "docs/listings"])
def test_a_path_that_is_no_page_returns_2_and_says_so(run: Run, page: str) -> None:
    status, out, err = run("check", page)
    assert (status, out) == (2, "")
    assert page in err


def test_update_lists_what_it_records(run: Run, small: Any) -> None:
    small.write("docs/listings/powers/squares.out", "stale\n")
    assert run("update") == (0, "recorded docs/listings/powers/squares.out\n", "")
    assert run("update") == (0, "", "")


def test_update_returns_1_if_a_program_fails(run: Run, small: Any) -> None:
    small.write("docs/listings/powers/cubes.py", "1 / 0\n")
    status, out, _ = run("update")
    assert status == 1
    assert out.startswith("docs/listings/powers/cubes.py:1: a program ends well")


def test_new_lists_what_it_creates_and_returns_2_if_it_cannot(run: Run) -> None:
    status, out, _ = run("new", "roots")
    assert status == 0
    assert "created docs/en/roots.md" in out
    status, _, err = run("new", "roots")
    assert status == 2
    assert "found" in err
    assert run("new", "Far Roots")[0] == 2


@pytest.mark.parametrize("arguments", [(), ("prove",), ("check", "--fast"), ("new",)])
def test_a_command_that_is_none_returns_2(run: Run, arguments: tuple[str, ...]) -> None:
    assert run(*arguments)[0] == 2


def test_the_module_runs_as_a_program(small: Any) -> None:
    small.replace("docs/en/powers.md", "[27.7]", "[27.8]")
    done = subprocess.run(
        [sys.executable, "-m", "press", "check", "docs/en/powers.md"],
        cwd=small.root,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout == "docs/en/powers.md:21: the page says 27.8; length is 27.7128129\n"
