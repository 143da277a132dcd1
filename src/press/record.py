"""Which text of a program its recorded output belongs to.

A changed program may print what it printed before: a seed, a size or a tolerance can be
edited without a trace in the output. So the record names the text that printed it, and an
edited listing is red until somebody has run it again and read the page around it.
"""

import hashlib
from pathlib import Path

from press.project import Project

__all__ = ["is_recorded", "write_record"]


def is_recorded(project: Project, program: Path) -> bool:
    """Return whether the record of a program belongs to the text that it has now."""
    lines = _file(project).read_text("utf-8").splitlines() if _file(project).is_file() else []
    return _line(project, program) in lines


def write_record(project: Project, programs: list[Path]) -> bool:
    """Record the text of every program; return whether the record has changed."""
    text = "".join(_line(project, program) + "\n" for program in sorted(programs))
    path = _file(project)
    changed = not path.is_file() or path.read_text("utf-8") != text
    if changed:
        path.write_text(text, "utf-8")
    return changed


def _file(project: Project) -> Path:
    return project.listings / "recorded.sha256"


def _line(project: Project, program: Path) -> str:
    digest = hashlib.sha256(program.read_bytes()).hexdigest()
    return f"{digest}  {program.relative_to(project.listings).as_posix()}"
