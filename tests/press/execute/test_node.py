"""A program of Node is asked in JSON, and answers in it, or it is said what went wrong."""

from pathlib import Path

import pytest

from press.execute.node import ask_node

PROGRAM = """\
let text = "";
for await (const chunk of process.stdin) text += chunk;
const { words } = JSON.parse(text);
if (!words.length) throw new Error("no words");
process.stdout.write(JSON.stringify({ joined: words.join("，"), count: words.length }));
"""


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """Return a program that joins words."""
    path = tmp_path / "join.mjs"
    path.write_text(PROGRAM, "utf-8")
    return path


def test_a_question_comes_and_an_answer_goes_in_any_script(program: Path) -> None:
    assert ask_node(program, {"words": ["键", "Schlüssel", "√d"]}) == {
        "joined": "键，Schlüssel，√d",
        "count": 3,
    }


def test_a_program_that_fails_is_named_with_what_it_said(program: Path) -> None:
    with pytest.raises(RuntimeError, match=r"^join\.mjs failed:\n[^$]*Error: no words"):
        ask_node(program, {"words": []})
