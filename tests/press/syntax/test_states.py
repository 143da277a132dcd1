"""A state is written as the browser writes it, and an edge sets only what a figure has."""

from pathlib import Path

import pytest

from press.execute.cases import states_of
from press.syntax.states import StateError, read_schema

STATE = """
[n_tokens]
kind = "number"
from = 0
to = 4194304
step = 1
start = 1024

[share]
kind = "vector"
from = -1
to = 1
step = 0.00001
start = [0.0, 0.5]
"""
CASES = """
EDGES = [{"n_tokens": 1}, {EDGE}]


def names(state):
    return state
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "state.toml").write_text(STATE, "utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("", {"n_tokens": 1024, "share": [0, 0.5]}),
        ("n_tokens:1048577", {"n_tokens": 1_048_577, "share": [0, 0.5]}),
        ("share:-0.00001,1", {"n_tokens": 1024, "share": [-0.00001, 1]}),
    ],
)
def test_a_number_is_written_with_all_its_digits(
    folder: Path, text: str, state: dict[str, object]
) -> None:
    schema = read_schema(folder / "state.toml")
    assert schema.read(text) == state
    assert schema.write(state) == text


@pytest.mark.parametrize("text", ["n_tokens:1048576.5", "n_tokens:1e6", "n_tokens:4194305"])
def test_a_number_that_no_control_sets_is_refused(folder: Path, text: str) -> None:
    with pytest.raises(StateError):
        read_schema(folder / "state.toml").read(text)


def test_an_edge_sets_only_what_the_figure_has(folder: Path) -> None:
    cases = folder / "cases.py"
    cases.write_text(CASES.replace("{EDGE}", '{"n_tokens": 2}'), "utf-8")
    assert [state["n_tokens"] for state in states_of(folder, 0)] == [1024, 1, 2]
    cases.write_text(CASES.replace("{EDGE}", '{"n_token": 2}'), "utf-8")
    with pytest.raises(StateError, match=r"only what state\.toml has.*; got 'n_token'"):
        states_of(folder, 0)
