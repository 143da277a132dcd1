"""Which text of a program its recorded output belongs to, and that it came out twice.

A changed program may print what it printed before: a seed, a size or a tolerance can be
edited without a trace in the output. So the record names the text that printed it, and an
edited program is red until somebody has run it again and read the page around it.

What is recorded has come out the same under two arithmetics, and the record says so: a line
without the words of `AGREED` belongs to a program that was never tried.
"""

from pathlib import Path

from press.execute.imports import hash_of, text_hash
from press.project import Project
from press.syntax.lab import read_lab

__all__ = ["AGREED", "is_recorded", "write_record"]

AGREED = "# Each program showed the same as the machine is and under a second arithmetic.\n"


def is_recorded(project: Project, program: Path) -> bool:
    """Return whether the record of a program belongs to the text that it has now."""
    path = program_list(project, program)
    text = path.read_text("utf-8") if path.is_file() else ""
    return text.startswith(AGREED) and _line(project, program) in text.splitlines()


def write_record(project: Project, programs: list[Path]) -> list[Path]:
    """Record the text of every program, which has run under two arithmetics.

    Returns:
        The files that have changed.
    """
    texts = dict[Path, str]()
    for program in sorted(programs):
        path = program_list(project, program)
        texts[path] = texts.get(path, AGREED) + _line(project, program) + "\n"
    changed = [p for p, text in texts.items() if not p.is_file() or p.read_text("utf-8") != text]
    for path in changed:
        path.write_text(texts[path], "utf-8", newline="\n")
    return changed


def program_list(project: Project, program: Path) -> Path:
    """Return the file that names the text of a program."""
    return _folder(project, program) / "recorded.sha256"


def _folder(project: Project, program: Path) -> Path:
    """Return the folder of the programs that are recorded together."""
    folders = (project.labs, project.figures, project.listings)
    return next(folder for folder in folders if program.is_relative_to(folder))


def _line(project: Project, program: Path) -> str:
    """Return what names the text of a program; the prose of a lab may change without it."""
    lab = project.is_lab(program)
    digest = hash_of(read_lab(program).program) if lab else text_hash(program)
    return f"{digest}  {program.relative_to(_folder(project, program)).as_posix()}"
