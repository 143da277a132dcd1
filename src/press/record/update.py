"""Record what programs show: the outputs of listings and labs, and drawings."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from press.execute.machine import contrast
from press.execute.runner import Run, Runner
from press.failure import Failure, PressError
from press.project import Project
from press.record.differences import contradictions
from press.record.fingerprints import is_recorded, write_record
from press.record.lab_outputs import files_of, form_of, leftovers, read_outputs
from press.syntax.lab import read_lab

__all__ = ["update"]


def update(project: Project, names: Mapping[Path, Collection[str]]) -> list[Path]:
    """Record anew what listings print, what figures' programs draw and what labs show.

    All of them run twice, as the machine is and under an arithmetic that differs from it in as
    much as can be asked for: what depends on rounding or on the number of threads is no fact.
    Numbers in prose are never touched: when one changes, somebody must read the sentence
    around it again.

    Args:
        project: the book.
        names: of each program, the names whose values its pages need: kept for their proof.

    Returns:
        The files that changed.

    Raises:
        PressError: if a program fails, or shows something else under the second arithmetic;
            nothing is written then.
        RuntimeError: if the second arithmetic is not in force as it is asked for.
    """
    records = {p: p.with_suffix(".out") for p in sorted(project.listings.glob("*/*.py"))}
    records |= {p: p.with_suffix(".svg") for p in sorted(project.figures.glob("*/*.py"))}
    labs = sorted(project.labs.glob("*.py"))
    programs = [*records, *labs]
    runs = Runner(project).run_all(programs, names)
    failures = _failed(runs)
    if not failures:
        second = Runner(project, arithmetic=contrast())
        second.in_force()
        others = second.run_all(programs)
        failures = _failed(others) or contradictions(project, runs, others, contrast().name)
    if failures:
        raise PressError(failures)
    texts = {record: runs[program].stdout for program, record in records.items()}
    for lab in labs:
        texts |= files_of(read_lab(lab), _timed_once(project, lab, runs[lab].shown))
        for path in leftovers(lab):
            path.unlink()
    changed = []
    for record, text in texts.items():
        if not record.is_file() or record.read_text("utf-8") != text:
            record.parent.mkdir(exist_ok=True)
            record.write_text(text, "utf-8", newline="\n")
            changed.append(record)
    return changed + write_record(project, programs)


def _timed_once(
    project: Project, program: Path, shown: dict[str, dict[str, Any]]
) -> dict[str, dict[str, Any]]:
    """Return what a lab's cells show, measured times as they are recorded if its code is."""
    if not is_recorded(project, program):
        return shown
    outputs, recorded = read_outputs(program), dict(shown)
    for cell in read_lab(program).code_cells:
        text, figure = outputs.texts.get(cell.name, ""), outputs.figures.get(cell.name)
        if cell.measured and form_of(text) == form_of(shown[cell.name]["text"]):
            drawn = figure.read_text("utf-8") if figure else None
            recorded[cell.name] = {"text": text, "figure": drawn}
    return recorded


def _failed(runs: Mapping[Path, Run]) -> list[Failure]:
    """Return the programs that did not end well."""
    return [
        Failure(program, 1, f"a program must end well; this one says: {run.error}")
        for program, run in runs.items()
        if run.error
    ]
