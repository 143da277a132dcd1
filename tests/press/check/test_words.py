"""The words of an interactive figure are a table for each language, or it is told."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from press.check.interactive import folder_problems


def told(folder: Path, words: str) -> list[str]:
    """Return what is wrong with the words of a figure whose other files are not there."""
    (folder / "a" / "b").mkdir(parents=True, exist_ok=True)
    (folder / "a" / "b" / "words.toml").write_text(words, "utf-8")
    project: Any = SimpleNamespace(interactive=folder, languages=("zh", "en"))
    return [
        f"{problem.line}: {problem.message}"
        for problem in folder_problems(project, "a/b")
        if problem.path.name == "words.toml"
    ]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ('[zh]\nx = "值"\n[en]\nx = "a"\n', None),
        ('[zh]\nx = "值"\n', "1: words must be a table for each of zh, en"),
        ('zh = "值"\nen = "a"\n', "1: words must be a table for each of zh, en"),
        ('[zh]\nx = "值"\ny = "值"\n[en]\nx = "a"\n', "3: y must be said in every language"),
        ("[zh\n", "1: words must be TOML"),
    ],
)
def test_words_are_a_table_of_texts_for_each_language(
    tmp_path: Path, words: str, says: str | None
) -> None:
    problems = told(tmp_path, words)
    assert len(problems) == (says is not None)
    assert all(problem.startswith(str(says)) for problem in problems)
