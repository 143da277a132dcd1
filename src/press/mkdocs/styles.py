"""The style sheet of the site: the palette and the parts, joined into the one file pages load."""

import re
from pathlib import Path

from mkdocs.exceptions import Abort

from press.palette import as_css

__all__ = ["join_styles", "parts_of"]

_IMPORT = re.compile(r'^@import "([^"]+)";$', re.MULTILINE)


def parts_of(entry: Path) -> list[Path]:
    """Return the parts that a style sheet imports, in their order."""
    return [entry.parent / name for name in _IMPORT.findall(entry.read_text("utf-8"))]


def join_styles(entry: Path) -> str:
    """Return a style sheet after the palette, each part in the place of its import.

    Raises:
        Abort: if a part is missing, or lies beside the parts and is not imported.
    """
    parts = parts_of(entry)
    beside = {path for part in parts for path in part.parent.glob("*.css")} - {entry}
    if odd := sorted(beside.symmetric_difference(parts)):
        names = ", ".join(path.relative_to(entry.parent).as_posix() for path in odd)
        raise Abort(f"{entry.name} must import each part of it, and only these; see {names}")
    texts = iter([part.read_text("utf-8") for part in parts])
    return as_css() + _IMPORT.sub(lambda _: next(texts), entry.read_text("utf-8"))
