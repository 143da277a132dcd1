"""What pages show does not depend on the machine: it comes out the same under every arithmetic."""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from press.check.book import Book
from press.check.checks import first_difference, item_checks
from press.execute.drawing import difference
from press.execute.machine import AS_IS, BARE, available
from press.execute.runner import Run, Runner
from press.failure import Failure
from press.project import Project
from press.record.lab_outputs import closed, form_of
from press.syntax.lab import read_lab

__all__ = ["contradictions", "portable"]


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
    book, found = Book(project), list[Failure]()
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
            found += [
                Failure(f.path, f.line, f"{arithmetic.name}: {f.message}") for f in sorted(failures)
            ]
    return found


def contradictions(
    project: Project, here: Mapping[Path, Run], there: Mapping[Path, Run], name: str
) -> list[Failure]:
    """Return where programs show one thing as the machine is and another under ``name``."""
    found = []
    for program, run in here.items():
        for line, one, other in _differences(project, program, run, there[program]):
            found.append(
                Failure(
                    program,
                    line,
                    "what is recorded depends on no machine; this shows"
                    f" {one!r} {AS_IS.name}, {other!r} with {name}",
                )
            )
    return found


def _differences(
    project: Project, program: Path, one: Run, other: Run
) -> Iterator[tuple[int, str, str]]:
    """Yield the line of a program and what two runs of it show there."""
    if not project.is_lab(program):
        if found := first_difference(one.stdout, other.stdout):
            yield 1, *found[1:]
        return
    lab = read_lab(program)
    for cell in lab.code_cells:
        texts = [closed(run.shown[cell.name]["text"]) for run in (one, other)]
        if cell.measured and form_of(texts[0]) == form_of(texts[1]):
            continue
        if found := first_difference(*texts):
            yield cell.line, *found[1:]
        drawings = [run.shown[cell.name]["figure"] or "" for run in (one, other)]
        if not cell.measured and drawings[0] != drawings[1] and (why := difference(*drawings)):
            yield cell.line, "a figure", f"another: {why}"
