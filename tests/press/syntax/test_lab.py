"""A lab is one file, and in each language a page whose lines are the file's."""

from pathlib import Path
from typing import Any

import jupytext
import pytest

from press.project import Project
from press.render.site_settings import book_order
from press.syntax.lab import read_lab
from press.syntax.pages import read_page
from press.syntax.woven import Cell, Number

ROOT = Path(__file__).parents[3]
LABS = sorted((ROOT / "docs" / "labs").glob("*.py"))


@pytest.mark.parametrize("path", LABS, ids=[path.stem for path in LABS])
def test_jupytext_reads_the_same_cells(path: Path) -> None:
    lab, notebook = read_lab(path), jupytext.read(path)
    ours = [("markdown" if cell.language else "code", cell.source) for cell in lab.cells]
    assert ours == [(cell.cell_type, cell.source) for cell in notebook.cells]
    assert not lab.problems
    assert not list(lab.unpaired(("zh", "en")))


def test_a_line_of_the_page_is_the_line_of_the_file(small: Any) -> None:
    path = small.lab(update=False)
    lines = path.read_text("utf-8").splitlines()
    for language, word in (("en", "The length"), ("zh", "长度是")):
        body = read_page(small.lab_page(language).path).body.splitlines()
        assert len(body) == len(lines)
        place = next(i for i, line in enumerate(lines) if word in line)
        assert lines[place] == "# " + body[place]
        number = next(i for i in small.lab_page(language).items if isinstance(i, Number))
        assert number.line == place + 1
        assert not any(
            line and line not in lines[i] for i, line in enumerate(body) if "`" not in line
        )


def test_a_page_holds_one_language_and_the_names_of_the_cells(small: Any) -> None:
    small.lab(update=False)
    english, chinese = (small.lab_page(language) for language in ("en", "zh"))
    assert "长度" not in english.text.body
    assert "length" not in chinese.text.body
    for page in (english, chinese):
        assert [i.name for i in page.items if isinstance(i, Cell)] == ["count", "clock"]
        assert "square" not in page.text.body


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("# %% count", "# %%", "11: a cell must start with"),
        ("# %% count", "# %% Count", "11: a cell must start with"),
        ("# %% count", '# %% count tags=["slow"]', "11: a cell must start with"),
        ("# %% count", "# %% clock", "17: the name of a cell must be its own"),
        ("nine = square(3)", "\n# %% empty\n\n# %% more", "empty"),
        ("# # Lab {#lab}", "Lab", "7: a line of a text must start with '# '"),
        ('# %% [markdown] lang="en"\n# # Lab', "# # Lab", "10: a text stands in zh, then en"),
        ('lang="zh"\n# # 实验', 'lang="fr"\n# # 实验', "1: a text stands in zh, then en"),
        ('lang="zh"\n# # 实验', 'lang="en"\n# # 实验', "1: a text stands in zh, then en"),
    ],
)  # fmt: skip
def test_what_is_no_lab_is_told_with_its_line(small: Any, old: str, new: str, says: str) -> None:
    text = small.lab(update=False).read_text("utf-8")
    assert text.count(old) == 1
    small.lab(text.replace(old, new), update=False)
    assert any(says in failure for failure in small.lab_failures()), small.lab_failures()


def test_a_text_that_is_last_stands_in_every_language(small: Any) -> None:
    text = small.lab(update=False).read_text("utf-8")
    small.lab(text[: text.rindex("# %%")], update=False)
    assert any("the last text lacks en" in failure for failure in small.lab_failures())


def test_what_stands_before_the_first_cell_is_told(small: Any) -> None:
    small.lab("import os\n" + small.lab(update=False).read_text("utf-8"), update=False)
    assert any("squares.py:1: a lab must start with a cell" in f for f in small.lab_failures())


def test_a_cell_stands_in_no_page_but_a_lab(small: Any) -> None:
    [found] = small.says("``` cell count\n```\n")
    assert "a cell must stand in a lab" in found


def test_pages_and_labs_have_places_and_names(small: Any) -> None:
    program, project = small.lab(update=False), small.project
    place = small.root / "docs/zh/labs/squares.ipynb"
    assert place in project.pages("zh")
    assert project.has_page(place)
    assert not project.has_page(small.root / "docs/zh/labs/cubes.ipynb")
    assert project.translations(place) == [small.root / "docs/en/labs/squares.ipynb"]
    assert project.chapter_of(place) == "labs/squares"
    assert project.name_of(program) == "labs/squares.py"
    assert project.program("labs/squares.py") == project.drawn_by("labs/squares/x.svg") == program


def test_the_labs_of_this_book_are_in_its_navigation() -> None:
    project = Project.load(ROOT)
    inner = [f"labs/{path.stem}.ipynb" for path in LABS]
    assert inner
    shown = [entry for entry in book_order(project) if entry.startswith("labs/")]
    assert sorted(shown) == sorted(inner)
