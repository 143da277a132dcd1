"""What the names of an interactive figure are, in its states: asked of its cases.py."""

from pathlib import Path

import pytest

from press.execute.cases import states_of
from press.execute.evaluator import evaluate
from press.syntax.states import StateError

STATE = 'heights = [601, 401]\n[score]\nkind = "number"\nfrom = -2\nto = 2\nstep = 0.5\nstart = 1\n'
CASES = """
EDGES = [{"score": 0}, {EDGE}]


def names(state):
    return {"score": state["score"], "doubled": [2 * state["score"]]}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of a figure, ``powers/share``."""
    folder = tmp_path / "powers" / "share"
    folder.mkdir(parents=True)
    (folder / "state.toml").write_text(STATE, "utf-8")
    (folder / "cases.py").write_text(CASES.replace("{EDGE}", '{"score": 2}'), "utf-8")
    return folder


def test_an_edge_sets_only_what_the_figure_has(folder: Path) -> None:
    assert [state["score"] for state in states_of(folder, 0)] == [1, 0, 2]
    (folder / "cases.py").write_text(CASES.replace("{EDGE}", '{"scores": 2}'), "utf-8")
    with pytest.raises(StateError, match=r"only what state\.toml has.*; got 'scores'"):
        states_of(folder, 0)


@pytest.mark.parametrize(
    ("state", "expression", "answer"),
    [
        ("", "doubled[0]", "2"),
        ("score:-0.5", "doubled[0]", "-1"),
        ("", "sum(score + x for x in [1])", "2"),
        ("", "1 + 1", "proves nothing"),
        ("", "sum(score for score in [1, 1])", "proves nothing"),
        ("", "other + score", "other"),
        ("score:3", "score", "goes from -2 to 2"),
    ],
)
def test_an_expression_in_the_words_of_a_figure_is_about_a_state(
    folder: Path, state: str, expression: str, answer: str
) -> None:
    question = {
        "listings": {}, "names": "", "shown": [], "facts": {}, "symbols": "",
        "interactive": str(folder.parents[1]), "conditions": [], "identities": [],
        "values": [{"expression": expression, "among": [f"interactive/powers/share?{state}"]}],
    }  # fmt: skip
    [found] = evaluate(question)["values"]
    assert found.get("is") == answer or answer in found["error"]
