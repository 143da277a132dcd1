"""What two runs of a program show differently: a text, a cell, a figure."""

import difflib
from collections.abc import Iterator, Mapping
from pathlib import Path

from press.execute.drawing import difference
from press.execute.machine import AS_IS
from press.execute.runner import Run
from press.failure import Failure
from press.project import Project
from press.record.lab_outputs import closed, form_of
from press.syntax.lab import read_lab

__all__ = ["contradictions", "first_difference"]


def first_difference(one: str, other: str) -> tuple[int, str, str] | None:
    """Return where two texts differ first: lines before it, and what each says; None if nowhere."""
    if one == other:
        return None
    old, new = one.splitlines(keepends=True), other.splitlines(keepends=True)
    for tag, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            says, prints = "".join(old[a:b]), "".join(new[c:d])
            if says.rstrip("\n") != prints.rstrip("\n"):
                says, prints = says.rstrip("\n"), prints.rstrip("\n")
            return a, says, prints
    raise ValueError("texts that differ have lines that differ; got the same lines")


def contradictions(
    project: Project, here: Mapping[Path, Run], there: Mapping[Path, Run], name: str
) -> list[Failure]:
    """Return where programs show one thing as the machine is and another under ``name``."""
    failures = []
    for program, run in here.items():
        for line, one, other in _differences(project, program, run, there[program]):
            failures.append(
                Failure(
                    program,
                    line,
                    "what is recorded must depend on no machine; this shows"
                    f" {one!r} {AS_IS.name}, {other!r} with {name}",
                )
            )
    return failures


def _differences(
    project: Project, program: Path, one: Run, other: Run
) -> Iterator[tuple[int, str, str]]:
    """Yield the line of a program and what two runs of it show there."""
    if not project.is_lab(program):
        if different := first_difference(one.stdout, other.stdout):
            yield 1, *different[1:]
        return
    lab = read_lab(program)
    for cell in lab.code_cells:
        texts = [closed(run.shown[cell.name]["text"]) for run in (one, other)]
        if cell.measured and form_of(texts[0]) == form_of(texts[1]):
            continue
        if different := first_difference(*texts):
            yield cell.line, *different[1:]
        drawings = [run.shown[cell.name]["figure"] or "" for run in (one, other)]
        if not cell.measured and drawings[0] != drawings[1] and (why := difference(*drawings)):
            yield cell.line, "a figure", f"another: {why}"
