"""What pages show does not depend on the machine: it comes out the same under every arithmetic."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from press.check.book import Book
from press.check.checks import item_checks
from press.execute.machine import BARE, available
from press.execute.runner import Runner
from press.failure import Failure
from press.project import Project

__all__ = ["portable"]


def portable(project: Project, say: Callable[[str], None] = print) -> list[Failure]:
    """Run every listing, figure and lab anew under every arithmetic that this machine has.

    Args:
        project: the book; nothing of it is recalled, and nothing that runs is kept.
        say: told which arithmetic is tried.

    Returns:
        What comes out otherwise than it is recorded, or than a page says.

    Raises:
        RuntimeError: if an arithmetic is not in force as it is asked for.
    """
    book, contradictions = Book(project), list[Failure]()
    scratch = project.cache / "scratch"
    scratch.mkdir(parents=True, exist_ok=True)
    for arithmetic in available(Runner(project, arithmetic=BARE).in_force()):
        with tempfile.TemporaryDirectory(dir=scratch) as folder:
            runner = Runner(project, arithmetic=arithmetic, cache=Path(folder))
            runner.in_force()
            say(f"{arithmetic.name} …")
            computed = book.under(runner)
            computed.run(computed.pages())
            checks = (check for page in computed.pages() for check in item_checks(page))
            failures = {failure for check in checks for failure in check.run()}
            contradictions += [
                Failure(f.path, f.line, f"{arithmetic.name}: {f.message}") for f in sorted(failures)
            ]
    return contradictions
