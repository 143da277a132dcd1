"""A built site's scripts do what they did, in fewer bytes."""

import re
from pathlib import Path
from typing import Any

import pytest

from press.mkdocs import scripts
from press.mkdocs.scripts import shorten_scripts
from press.project import Project

TEXT = """// A comment.
import { other } from "./other.js";
export const shout = (word) => { const louder = word.toUpperCase(); return `${louder}，` + other; };
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Return the book, with a cache that is empty."""
    monkeypatch.setenv("PRESS_CACHE", str(tmp_path / "cache"))
    return Project.load(Path(__file__))


def test_a_script_is_shorter_and_imports_and_exports_the_same(
    project: Project, tmp_path: Path
) -> None:
    files = [tmp_path / "one.js", tmp_path / "two.js"]
    for file in files:
        file.write_text(TEXT, "utf-8")
    other = tmp_path / "three.js"
    other.write_text("export const whisper = 1;", "utf-8")
    shorten_scripts(project, [other, *files])
    assert "whisper" in other.read_text("utf-8")
    texts = {file.read_text("utf-8") for file in files}
    assert len(texts) == 1
    [text] = texts
    assert len(text) < len(TEXT) * 0.7
    assert 'from"./other.js"' in text
    assert re.search(r"export\{\w+ as shout\}|export const shout", text)
    assert "，" in text
    assert "comment" not in text


def test_what_was_shortened_once_is_recalled_until_something_changes(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "one.js"
    file.write_text(TEXT, "utf-8")
    shorten_scripts(project, [file])
    shortened = file.read_text("utf-8")
    asked = list[Any]()
    monkeypatch.setattr(scripts, "ask_node", lambda _, question: asked.append(question) or ["anew"])
    file.write_text(TEXT, "utf-8")
    shorten_scripts(project, [file])
    assert file.read_text("utf-8") == shortened
    assert not asked
    file.write_text(TEXT.replace("shout", "cry"), "utf-8")
    shorten_scripts(project, [file])
    assert file.read_text("utf-8") == "anew"
    program = tmp_path / "another.mjs"
    program.write_text("", "utf-8")
    monkeypatch.setattr(scripts, "_PROGRAM", program)
    file.write_text(TEXT, "utf-8")
    shorten_scripts(project, [file])
    assert file.read_text("utf-8") == "anew"
    assert len(asked) == 2


def test_what_is_no_script_is_refused(project: Project, tmp_path: Path) -> None:
    (tmp_path / "one.js").write_text("const = 1", "utf-8")
    with pytest.raises(RuntimeError, match=r"scripts\.mjs failed:[^$]*Expected identifier"):
        shorten_scripts(project, [tmp_path / "one.js"])
