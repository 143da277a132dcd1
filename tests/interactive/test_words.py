"""What every figure says, and a figure's own words are beside it: each bundle has one language."""

import shutil
import tomllib
from pathlib import Path

import pytest

from press.project import Project
from press.render.bundles import BundleError, bundles_of

ROOT = Path(__file__).resolve().parents[2]
SHARED = "src/interactive/words.toml"


def test_what_every_figure_says_is_said_in_every_language_and_holds_no_numeral() -> None:
    words = tomllib.loads((ROOT / SHARED).read_text("utf-8"))
    assert set(words) == set(Project.load(ROOT).languages)
    keys = {language: list(said) for language, said in words.items()}
    assert len({*map(tuple, keys.values())}) == 1, keys
    said = "".join(text for texts in words.values() for text in texts.values())
    assert not any(character.isnumeric() for character in said)


def test_words_that_a_language_lacks_are_named(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "src" / "interactive", tmp_path / "src" / "interactive")
    folder = tmp_path / "docs" / "interactive" / "a" / "b"
    folder.mkdir(parents=True)
    (folder / "state.toml").write_text("heights = [1, 1]\n", "utf-8")
    (folder / "words.toml").write_text("[en]\n", "utf-8")
    (tmp_path / "pyproject.toml").touch()
    project = Project(tmp_path, cache=tmp_path / "cache")
    with pytest.raises(BundleError, match=r"b: words.toml must have \[zh\]"):
        bundles_of(project, "zh")
