"""Of the models of figures, what agrees with the package is remembered, and nothing else."""

from pathlib import Path
from typing import Any

import pytest

from press.execute import figures
from press.execute.figures import model_failures
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
