"""Prove pages in another process, beside a server, at a low priority.

    python -m press.serve.proof < question

The question is one line of JSON: the project's folder, the pages in order, and how many of
them somebody is waiting for. The answer has a line for each page. The process ends, with all
that it started, when its input does: so nothing outlives a server, however that ends.
"""

import json
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Lock, Thread
from typing import Any

from press.check.page_hashes import Hashes
from press.failure import Failure
from press.project import Project

__all__ = ["Proof"]

log = logging.getLogger("mkdocs.press")

NICENESS = 15


class Proof:
    """What is known to hold and what is not, for each page.

    Attributes:
        failures: what does not hold on a page; what concerns no page is kept under the
            project's folder.
        proven: for each page the hashes of what was proven: see `start`.
    """

    def __init__(self, show: Callable[[Path], None]) -> None:
        """Take what to call with a page whose failures have changed; nothing runs yet."""
        self.failures: dict[Path, list[Failure]] = {}
        self.proven: Hashes = {}
        self._show = show
        self._lock = Lock()
        self._process: subprocess.Popen[str] | None = None
        self._hashes: Hashes = {}

    def start(self, project: Project, hashes: Hashes, edited: Sequence[Path] = ()) -> None:
        """Prove what has not been proven.

        Args:
            project: the project as it is now.
            hashes: for each page what its proof depends on; a page with the hashes that it had
                when it was last proven is not proven again.
            edited: the pages that go before all others, at full priority.
        """
        with self._lock:
            if self._process is not None and self._hashes == hashes:
                return
            self._stop()
            self._hashes = hashes
            open_ = [page for page in hashes if self.proven.get(page) != hashes[page]]
            if not open_:
                return
            urgent = [page for page in edited if page in open_]
            question = {
                "root": str(project.root),
                "pages": [str(p) for p in (*urgent, *(p for p in open_ if p not in urgent))],
                "urgent": len(urgent),
                "whole": len(open_) == len(hashes),
            }
            paths = (str(Path(__file__).resolve().parents[2]), os.environ.get("PYTHONPATH", ""))
            self._process = subprocess.Popen(
                [sys.executable, "-m", "press.serve.proof"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                encoding="utf-8",
                env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths))},
                cwd=project.root,
                start_new_session=True,  # Ctrl-C is for the server, which ends this
            )
            Thread(target=self._read, args=(self._process, question, hashes), daemon=True).start()

    def stop(self) -> None:
        """End the process and wait for its end."""
        with self._lock:
            process = self._stop()
        if process is not None:
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                _signal(process, signal.SIGKILL)
                process.wait()

    def _stop(self) -> "subprocess.Popen[str] | None":
        process, self._process = self._process, None
        if process is not None:
            _signal(process, signal.SIGTERM)
        return process

    def _read(self, process: "subprocess.Popen[str]", question: Any, hashes: Hashes) -> None:
        """Ask a process, and keep what it answers as long as it is the latest."""
        if process.stdin is None or process.stdout is None:
            return
        with suppress(OSError):  # it may have been stopped already
            process.stdin.write(json.dumps(question) + "\n")
            process.stdin.flush()
        for line in process.stdout:
            answer = json.loads(line)
            page = Path(answer["page"])
            failures = [Failure(Path(path), line, text) for path, line, text in answer["failures"]]
            with self._lock:
                if process is not self._process:
                    break
                known = {
                    failure for page_failures in self.failures.values() for failure in page_failures
                }
                changed = self.failures.get(page, []) != failures
                self.failures[page] = failures
                if page in hashes:
                    self.proven[page] = hashes[page]
            for failure in failures:
                if failure not in known:
                    log.warning("%s", failure)
            if changed:
                self._show(page)
        status = process.wait()
        with suppress(OSError):
            process.stdin.close()
        process.stdout.close()
        with self._lock:
            if process is not self._process:
                return
            self._process = None
            kept = {
                p: f for p, f in self.failures.items() if p in hashes or p == Path(question["root"])
            }
            self.failures = kept
        count = len({failure for page_failures in kept.values() for failure in page_failures})
        if status == 0:
            log.info("The proof is done: %d pages, %d failures", len(hashes), count)
        else:
            log.error("The proof has stopped with status %d; the next edit starts it again", status)


def _signal(process: "subprocess.Popen[str]", number: int) -> None:
    """Send a signal to a process and to all that it started."""
    with suppress(OSError):  # it may have ended
        if hasattr(os, "killpg"):
            os.killpg(process.pid, number)
        else:
            process.send_signal(number)


def main() -> None:
    """Prove the pages that the question names, one after the other."""
    question = json.loads(sys.stdin.readline())
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that open folders are removed
    Thread(target=_end_with_input, daemon=True).start()

    from press.check.book import Book  # noqa: PLC0415 - a server imports this module alone
    from press.check.checks import check_page  # noqa: PLC0415
    from press.check.coverage import book_failures  # noqa: PLC0415
    from press.check.proven import Proven  # noqa: PLC0415

    book = Book(Project.load(Path(question["root"])), for_readers=True)
    proven, holding = Proven(book.project, book.runner, for_readers=True), list[Path]()
    for number, name in enumerate(question["pages"]):
        if number == question["urgent"] and hasattr(os, "nice"):
            os.nice(NICENESS)
        page, urgent = book.page(Path(name)), number < question["urgent"]
        # To know what was proven before takes longer than to prove a page: not while one waits.
        known = not urgent and proven.holds(page.path)
        if not known:
            book.run([page])
        failures = [] if known else check_page(page)
        if not (known or urgent or failures):
            holding.append(page.path)
        _answer(name, failures)
    if question["whole"]:
        _answer(question["root"], book_failures(book))
    if holding:
        proven.remember(holding)


def _answer(page: str, failures: list[Failure]) -> None:
    rows = [[str(failure.path), failure.line, failure.message] for failure in failures]
    print(json.dumps({"page": page, "failures": rows}), flush=True)


def _end_with_input() -> None:
    """End this process and what it started when nobody is there any more to ask for it."""
    sys.stdin.read()
    if hasattr(os, "killpg"):
        os.killpg(os.getpgid(0), signal.SIGTERM)
    else:
        os._exit(1)


if __name__ == "__main__":
    main()
