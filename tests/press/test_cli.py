"""The command line: what it prints, and what it returns."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
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
    assert out.startswith("docs/listings/powers/cubes.py:1: a program must end well")


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


def test_a_page_is_found_from_anywhere(
    run: Run, small: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    other = tmp_path / "elsewhere"
    other.mkdir()
    monkeypatch.chdir(other)
    assert run("check", "../book/docs/en/powers.md") == (0, "", "1 pages, 0 failures\n")
    assert run("check", str(small.root / "docs/zh/powers.md"))[0] == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("check",),
        ("check", "a.md"),
        ("check", "no/such/folder/a.md"),
        ("update",),
        ("new", "roots"),
    ],
)
def test_a_folder_without_a_book_is_said_in_one_line(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    status, out, err = run(*arguments)
    assert (status, out) == (2, "")
    [line] = [line for line in err.splitlines() if "error:" in line]
    assert "[tool.press]" in line


def test_pages_of_two_books_are_refused(run: Run, tmp_path: Path) -> None:
    page = tmp_path / "other" / "docs" / "en" / "powers.md"
    page.parent.mkdir(parents=True)
    page.write_text("# A\n", "utf-8")
    status, _, err = run("check", "docs/en/powers.md", str(page))
    assert status == 2
    assert f"{page} must be a page of the book" in err


def test_a_cache_that_cannot_be_written_is_said_in_one_line(
    run: Run, small: Any, shared_cache: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("PRESS_CACHE", raising=False)
    small.replace("pyproject.toml", f'cache = "{shared_cache}"\n', "")
    small.write(".cache", "no folder\n")
    status, out, err = run("check")
    assert (status, out) == (2, "")
    [line] = [line for line in err.splitlines() if "error:" in line]
    assert "PRESS_CACHE names another one" in line
    monkeypatch.setenv("PRESS_CACHE", str(tmp_path / "moved"))
    before = sorted(small.root.rglob("*"))
    run("check", "docs/en/powers.md")
    assert sorted(small.root.rglob("*")) == before
    assert list((tmp_path / "moved" / "runs").iterdir()) != []


@pytest.fixture
def program(small: Any) -> Callable[..., "subprocess.CompletedProcess[bytes]"]:
    """Run the press on the small book as a program, with variables of the environment."""

    def call(*arguments: str, **settings: str) -> "subprocess.CompletedProcess[bytes]":
        return subprocess.run(
            [sys.executable, "-m", "press", *arguments],
            cwd=small.root,
            env=os.environ | settings,
            capture_output=True,
            check=False,
        )

    return call


@pytest.mark.parametrize(
    "settings",
    [
        {"PYTHONIOENCODING": "latin-1"},
        {"PYTHONIOENCODING": "ascii"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    ],
)
def test_a_terminal_without_chinese_shows_it_as_escapes(
    small: Any, program: Any, settings: dict[str, str]
) -> None:
    small.write("docs/zh/powers.md", "# 幂 {#powers}\n\n没有编号的图：`图 7`。\n")
    done = program("check", "docs/zh/powers.md", **settings)
    assert done.returncode == 1, done.stderr
    assert b"docs/zh/powers.md:3: " in done.stdout
    assert b"`\\u56fe 7`" in done.stdout
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize(
    "name",
    [
        "docs/en/powers.md",
        "docs/exemptions.txt",
        "docs/listings/powers/squares.py",
        "docs/sources.toml",
        "docs/symbols.py",
        "pyproject.toml",
        "src/subject/powers.py",
    ],
)
def test_a_byte_order_mark_changes_nothing(small: Any, program: Any, name: str) -> None:
    path = small.root / name
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    small.record()
    done = program("check", *(() if "exempt" in name else ("docs/en/powers.md",)))
    assert b"Exact strings" not in done.stdout
    assert "exempt" in name or (done.returncode, done.stdout) == (0, b""), done.stdout.decode()


def test_a_missing_package_is_said_once_and_the_rest_is_proven(small: Any, program: Any) -> None:
    text = (small.root / "pyproject.toml").read_text("utf-8")
    extras = '\n[project.optional-dependencies]\ntorn = ["torn>=2"]\n'
    small.write("pyproject.toml", text + extras)
    for name in ("one", "two", "three"):
        small.listing(name, f"import torn\n\n{name} = torn.length\nprint({name})\n", "27.7\n")
    listings = "".join(f"``` listing\npowers/{n}.py\n```\n\n" for n in ("one", "two", "three"))
    for language in ("en", "zh"):
        page = small.root / "docs" / language / "powers.md"
        words = "[27.7]{= one} [27.7]{= two} [5]{= three + nine}\n"
        page.write_text(f"{page.read_text('utf-8')}\n{listings}{words}", "utf-8")
        small.replace(f"docs/{language}/powers.md", "[27.7]{= length}", "[27.8]{= length}")
    done = program("check", "docs/en/powers.md")
    assert done.returncode == 1
    assert done.stdout == b"docs/en/powers.md:21: the page says 27.8; length is 27.7128129\n"
    first, second = done.stderr.decode().splitlines()
    assert first == "1 pages, 1 failures"
    assert second == (
        "torn must be installed to prove everything (make setup-test); 3 programs did not run"
    )
