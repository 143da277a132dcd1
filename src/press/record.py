"""Which text of a program its recorded output belongs to.

A changed program may print what it printed before: a seed, a size or a tolerance can be
edited without a trace in the output. So the record names the text that printed it, and an
edited listing is red until somebody has run it again and read the page around it.
"""

import hashlib
from pathlib import Path

from press.lab import read_lab
from press.project import Project

__all__ = ["is_recorded", "write_record"]


def is_recorded(project: Project, program: Path) -> bool:
    """Return whether the record of a program belongs to the text that it has now."""
    path = program_list(project, program)
    lines = path.read_text("utf-8").splitlines() if path.is_file() else []
    return _line(project, program) in lines


def write_record(project: Project, programs: list[Path]) -> list[Path]:
    """Record the text of every program; return the files that have changed."""
    texts = dict[Path, str]()
    for program in sorted(programs):
        path = program_list(project, program)
        texts[path] = texts.get(path, "") + _line(project, program) + "\n"
    changed = [p for p, text in texts.items() if not p.is_file() or p.read_text("utf-8") != text]
    for path in changed:
        path.write_text(texts[path], "utf-8")
    return changed


def program_list(project: Project, program: Path) -> Path:
    """Return the file that names the text of a program."""
    folder = project.labs if project.is_lab(program) else project.listings
    return folder / "recorded.sha256"


def _line(project: Project, program: Path) -> str:
    """Return what names the text of a program; the prose of a lab may change without it."""
    lab = project.is_lab(program)
    text = read_lab(program).program.encode() if lab else program.read_bytes()
    name = program.relative_to(project.labs if lab else project.listings).as_posix()
    return f"{hashlib.sha256(text).hexdigest()}  {name}"
