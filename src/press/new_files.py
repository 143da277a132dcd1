"""Write files that do not exist yet: those of a new chapter or a new figure."""

from collections.abc import Mapping
from pathlib import Path

__all__ = ["NAME", "write_new"]

NAME = r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*"  # lower-case words joined by hyphens


def write_new(files: Mapping[Path, str]) -> list[Path]:
    """Write texts to files, and return these.

    Raises:
        FileExistsError: if one of them is there already; nothing is written then.
    """
    if there := [path for path in files if path.exists()]:
        raise FileExistsError(f"new files must not exist yet; found {there[0]}")
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return list(files)
