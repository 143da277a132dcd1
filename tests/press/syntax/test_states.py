"""The state of a figure is written as the browser writes it, and read within its limits."""

from pathlib import Path

import pytest

from press.syntax.states import StateError, read_schema

STATE = """
heights = [601, 401]

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


def test_a_figure_says_how_high_it_is(folder: Path) -> None:
    assert read_schema(folder / "state.toml").heights == (601, 401)
    for wrong in ("[601]", "[601, 0]", "[601, 40.5]", "601", "[601, 401, 1]"):
        text = STATE.replace("[601, 401]", wrong)
        (folder / "state.toml").write_text(text, "utf-8")
        with pytest.raises(StateError, match=r"heights must be two whole numbers above .* got"):
            read_schema(folder / "state.toml")


@pytest.mark.parametrize("text", ["n_tokens:1048576.5", "n_tokens:1e6", "n_tokens:4194305"])
def test_a_number_that_no_control_sets_is_refused(folder: Path, text: str) -> None:
    with pytest.raises(StateError):
        read_schema(folder / "state.toml").read(text)
