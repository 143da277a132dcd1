"""A built site's scripts do what they did, in fewer bytes."""

from pathlib import Path

import pytest

from press.mkdocs.scripts import shorten_scripts
from press.project import Project

ROOT = Project.load(Path(__file__)).root
TEXT = """// A comment.
import { other } from "./other.js";
export const shout = (word) => { const louder = word.toUpperCase(); return `${louder}，` + other; };
"""


def test_a_script_is_shorter_and_imports_and_exports_the_same(tmp_path: Path) -> None:
    files = [tmp_path / "one.js", tmp_path / "two.js"]
    for file in files:
        file.write_text(TEXT, "utf-8")
    shorten_scripts(ROOT, files)
    texts = {file.read_text("utf-8") for file in files}
    assert len(texts) == 1
    [text] = texts
    assert len(text) < len(TEXT) * 0.7
    assert 'from"./other.js"' in text
    assert "shout" in text
    assert "，" in text


def test_what_is_no_script_is_refused(tmp_path: Path) -> None:
    (tmp_path / "one.js").write_text("const = 1", "utf-8")
    with pytest.raises(RuntimeError, match="esbuild failed"):
        shorten_scripts(ROOT, [tmp_path / "one.js"])
