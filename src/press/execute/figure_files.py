"""Which files an interactive figure computes with."""

from pathlib import Path

from press.execute.imports import Imports, text_hash
from press.project import Project

__all__ = ["computing_files"]

_SHOWN = ("view.js", "words.toml")  # of a figure's folder: they compute nothing


def computing_files(project: Project, name: str, imports: Imports) -> tuple[list[str], set[Path]]:
    """Return name and hash of each file of a figure, and our files that they import."""
    folder, imported = project.interactive / name, set[Path]()
    files = (path for path in sorted(folder.glob("*.*")) if path.name not in _SHOWN)
    for path in folder.glob("*.py"):
        imported |= imports.of(path.read_text("utf-8"))[1]
    return [f"{path.name} {text_hash(path)}" for path in files], imported
