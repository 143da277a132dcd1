"""A process that evaluates, as whoever asks it sees it."""

import json
import subprocess
import tempfile
from collections.abc import Callable
from contextlib import suppress
from threading import Lock
from typing import Any

__all__ = ["EvaluatorProcess"]


class EvaluatorProcess:
    """A process of `press.execute.evaluator`: a line is asked, a line is answered."""

    def __init__(self, start: Callable[..., "subprocess.Popen[str]"]) -> None:
        """Start it: ``start`` takes stdin and stderr, as Popen does."""
        self._errors = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - see `end`
        self._process = start(stdin=subprocess.PIPE, stderr=self._errors)
        self._lock = Lock()

    def answer(self, question: dict[str, Any]) -> dict[str, Any]:
        """Return the answers of one page.

        Raises:
            RuntimeError: if the process ends instead.
        """
        stdin, stdout = self._process.stdin, self._process.stdout
        line = ""
        with self._lock, suppress(BrokenPipeError):
            if stdin is not None and stdout is not None:
                stdin.write(json.dumps(question, default=str) + "\n")
                stdin.flush()
                line = stdout.readline()
        if not line:
            self._errors.seek(0)
            raise RuntimeError(f"the evaluator failed:\n{self._errors.read()}")
        answers: dict[str, Any] = json.loads(line)
        return answers

    def end(self) -> None:
        """End the process, which ends with its input."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        self._process.wait()
        self._errors.close()
