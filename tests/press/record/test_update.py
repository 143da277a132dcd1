"""Records are written anew on demand, prose never; a new chapter starts with its files."""

import re
from pathlib import Path
from typing import Any

import pytest

from press.check.checks import check_book
from press.failure import PressError
from press.new_chapter import new_chapter


def everything(root: Path) -> dict[str, bytes]:
    files = (
        path for path in root.rglob("*") if path.is_file() and "node_modules" not in path.parts
    )
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}


def test_records_are_written_as_the_programs_print(small: Any) -> None:
    small.write("docs/listings/powers/squares.out", "stale\n")
    (small.root / "docs/figures/powers/line.svg").write_text("<svg/>")
    small.write("docs/listings/powers/silent.py", "x = 1\n")
    changed = small.update()
    assert [path.name for path in changed] == [
        "silent.out",
        "squares.out",
        "line.svg",
        "recorded.sha256",
    ]
    assert (small.root / "docs/listings/powers/squares.out").read_text("utf-8") == "9 [3. 4.]\n"
    assert (small.root / "docs/listings/powers/silent.out").read_text("utf-8") == ""
    assert 'class="fig-line"' in (small.root / "docs/figures/powers/line.svg").read_text("utf-8")
    assert small.update() == []


def test_nothing_but_records_is_written(small: Any) -> None:
    small.replace("docs/listings/powers/squares.py", "np.sqrt(768)", "np.sqrt(769)")
    small.replace("docs/listings/powers/cubes.py", "print(x)", "print(x, x)")
    before = everything(small.root)
    small.update()
    after = everything(small.root)
    changed = {name for name in after if before.get(name) != after[name]}
    assert changed == {"docs/listings/powers/cubes.out", "docs/listings/recorded.sha256"}


def test_a_number_in_prose_stays_wrong_until_somebody_rereads_it(small: Any) -> None:
    small.replace("docs/listings/powers/squares.py", "np.sqrt(768)", "np.sqrt(800)")
    small.update()
    [found] = small.failures()
    assert "the page says 27.7; length is 28.2842712" in found.message


def test_nothing_is_written_if_a_program_fails(small: Any) -> None:
    small.write("docs/listings/powers/squares.out", "stale\n")
    small.write("docs/listings/powers/bad.py", "1 / 0\n")
    before = everything(small.root)
    with pytest.raises(PressError, match=r"bad\.py:1: .*ZeroDivisionError"):
        small.update()
    assert everything(small.root) == before


def test_a_new_chapter_gets_its_files_in_every_language(small: Any) -> None:
    made = new_chapter(small.project, "far-roots")
    assert sorted(path.relative_to(small.root).as_posix() for path in made) == [
        "docs/en/far-roots.md",
        "docs/listings/far-roots/first.out",
        "docs/listings/far-roots/first.py",
        "docs/zh/far-roots.md",
        "src/subject/far_roots.py",
        "tests/subject/test_far_roots.py",
    ]
    assert "# TODO title {#far-roots}" in (small.root / "docs/en/far-roots.md").read_text("utf-8")
    assert "标题 {#far-roots}" in (small.root / "docs/zh/far-roots.md").read_text("utf-8")


def test_a_new_chapter_owes_its_record_and_its_owner_and_nothing_else(small: Any) -> None:
    new_chapter(small.project, "roots")
    small.write("docs/exemptions.txt", "")
    names = {(failure.path.name, failure.message) for failure in check_book(small.book())}
    assert ("roots.py", "no chapter owns subject.roots") in names
    small.update()
    small.write(
        "pyproject.toml",
        (small.root / "pyproject.toml").read_text("utf-8") + 'roots = ["subject.roots"]\n',
    )
    assert check_book(small.book()) == []


@pytest.mark.parametrize(
    "stem", ["", "Roots", "far_roots", "far roots", "-roots", "roots-", "根", "../x", "2x"]
)
def test_a_stem_is_made_of_lower_case_words(small: Any, stem: str) -> None:
    before = everything(small.root)
    with pytest.raises(ValueError, match="lower-case words"):
        new_chapter(small.project, stem)
    assert everything(small.root) == before


def test_an_existing_file_is_never_overwritten(small: Any) -> None:
    small.write("src/subject/roots.py", "mine = 1\n")
    before = everything(small.root)
    with pytest.raises(FileExistsError, match=r"roots\.py"):
        new_chapter(small.project, "roots")
    assert everything(small.root) == before


def test_times_are_measured_again_only_when_the_code_changes(small: Any, lab_text: str) -> None:
    lab = small.lab(lab_text)
    record = lab.with_suffix(".out")
    text = record.read_text("utf-8")
    took = re.search(r"took [\d.]+ s", text)[0]
    record.write_text(text.replace(took, "took 123.000000000 s"), "utf-8")
    assert small.update() == []
    assert "took 123.000000000 s" in record.read_text("utf-8")
    lab.write_text(lab_text.replace("nine = square(3)", "nine = square(-3)"), "utf-8")
    assert record in small.update()
    assert "took 123.000000000 s" not in record.read_text("utf-8")
