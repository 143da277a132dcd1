"""Models of figures are compared with the package value by value; what agrees is remembered."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from press.execute import figures
from press.execute.figures import contradictions, model_failures
from press.execute.runner import Runner
from press.project import Project

PROJECT = Project.load(Path(__file__))
FIRST, *OTHERS = PROJECT.interactives


def test_a_model_is_asked_again_until_it_agrees(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, wrong = list[list[str]](), {FIRST: "it could not be read"}

    def compared(places: list[tuple[Path, str]], expected: Any) -> list[str]:
        asked.append([name for _, name in places])
        return [wrong.get(name, "") for name in asked[-1]]

    monkeypatch.setattr(figures, "computed", lambda runner, names: {})
    monkeypatch.setattr(figures, "contradictions", compared)
    runner = Runner(PROJECT, cache=tmp_path)
    agree = dict.fromkeys(OTHERS, "")
    assert model_failures(runner) == {FIRST: "it could not be read", **agree}
    wrong.clear()
    for _ in range(2):
        assert model_failures(runner) == {FIRST: "", **agree}
    assert asked == [[FIRST, *OTHERS], [FIRST]]


@pytest.mark.parametrize(
    ("returned", "true", "message"),
    [
        ("{ weight: 0.5 }", 0.5, ""),
        ("{ weight: 0.5 }", 0.25, "weight is 0.5, not 0.25"),
        ("{ weight: 0.5 }", None, "weight is 0.5, not None"),
        ("{ weight: null }", 0.5, "weight is None, not 0.5"),
        ("{ weight: null }", None, ""),
        ("{ weight: undefined }", 0.5, "weight is undefined, not 0.5"),
        ("{ weight: 0 / 0 }", float("nan"), ""),
        ("{ weight: true }", 1, "weight is True, not 1"),
        ("{ weights: [1, 2] }", None, "cases.py must compute weights"),
        ("{}", 0.5, "model.js must compute something"),
    ],
)
def test_a_value_that_differs_or_is_missing_is_told(
    tmp_path: Path, returned: str, true: Any, message: str
) -> None:
    folder = tmp_path / "docs" / "interactive" / "roots" / "one"
    folder.mkdir(parents=True)
    (folder / "model.js").write_text(f"export const model = () => ({returned});\n", "utf-8")
    shutil.copytree(PROJECT.source / "interactive", tmp_path / "src" / "interactive")
    shutil.copy(PROJECT.root / "package.json", tmp_path)
    expected = {"roots/one": {"schema": {}, "states": [""], "names": [{"weight": true}]}}
    [found] = contradictions([(tmp_path, "roots/one")], expected)
    assert found.startswith(message)
    assert bool(found) == bool(message)
