"""One process answers for many pages, says why it ends, and ends with whoever asks it."""

import gc
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from press.execute.evaluator_process import EvaluatorProcess

ECHO = "import sys\nfor line in sys.stdin: print(line.strip(), flush=True)"
FAILS = "import sys\nsys.stdin.readline()\nsys.exit('it fell over')"


def starts(program: str) -> Callable[..., "subprocess.Popen[str]"]:
    def start(**pipes: Any) -> "subprocess.Popen[str]":
        words = [sys.executable, "-c", program]
        return subprocess.Popen(words, stdout=subprocess.PIPE, encoding="utf-8", **pipes)

    return start


def test_a_line_is_asked_and_a_line_is_answered_by_the_same_process() -> None:
    process = EvaluatorProcess(starts(ECHO))
    assert [process.answer({"n": n}) for n in (2, 3, 5)] == [{"n": 2}, {"n": 3}, {"n": 5}]
    process.end()


def test_a_process_that_ends_says_why() -> None:
    process = EvaluatorProcess(starts(FAILS))
    for _ in range(2):  # the second question meets a process that has gone
        with pytest.raises(RuntimeError, match="the evaluator failed:\nit fell over"):
            process.answer({})
    process.end()


def test_two_pages_are_evaluated_by_one_process_that_ends_with_its_runner(small: Any) -> None:
    book = small.book()
    small.write("docs/en/powers.md", (small.root / "docs/en/powers.md").read_text("utf-8") + "\n")
    for language in ("en", "zh"):
        page = book.page(small.root / f"docs/{language}/powers.md")
        # An expression that no other test asks, so that it is not recalled.
        question = {"listings": {}, "shown": [], "facts": {}, "symbols": ""}
        question |= {"values": [], "conditions": [f"{language}_nobody > 2"], "identities": []}
        (answer,) = book.runner.evaluate(question)["conditions"]
        assert "a name must be one that a listing of this page binds" in answer["error"], page
    process = book.runner._evaluator._process
    assert process.poll() is None
    del book, page
    gc.collect()
    assert process.returncode == 0
