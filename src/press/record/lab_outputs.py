"""What the cells of a lab showed, as it is recorded: their words in one file, figures in others.

The words stand below the headers of their cells in ``<lab>.out``; the figure of a cell is
``<lab>/<cell>.svg``.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from press.syntax.lab import Lab, read_lab

__all__ = ["Outputs", "files_of", "form_of", "read_outputs"]

_HEADER = re.compile(r"^# %% (.+)\n", re.MULTILINE)


@dataclass(frozen=True)
class Outputs:
    """What is recorded of a lab.

    Attributes:
        path: the file of its words.
        texts: the words of each cell that printed any.
        figures: the file of each cell's figure.
        lines: the line of the file on which a cell's words start.
    """

    path: Path
    texts: dict[str, str]
    figures: dict[str, Path]
    lines: dict[str, int]


def read_outputs(program: Path) -> Outputs:
    """Read what is recorded of a lab; nothing, if it was never recorded."""
    path = program.with_suffix(".out")
    text = path.read_text("utf-8") if path.is_file() else ""
    headers = list(_HEADER.finditer(text))
    ends = [*(header.start() for header in headers[1:]), len(text)]
    return Outputs(
        path,
        {h[1]: text[h.end() : end] for h, end in zip(headers, ends, strict=False)},
        {figure.stem: figure for figure in sorted(program.with_suffix("").glob("*.svg"))},
        {h[1]: 2 + text.count("\n", 0, h.start()) for h in headers},
    )


def files_of(lab: Lab, shown: dict[str, dict[str, Any]]) -> dict[Path, str]:
    """Return the files, and their texts, that record what the cells of a lab showed."""
    words = [(cell.name, shown[cell.name]["text"]) for cell in lab.code_cells]
    text = "".join(f"# %% {name}\n{closed(text)}" for name, text in words if text)
    figures = {
        lab.path.with_suffix("") / f"{cell.name}.svg": shown[cell.name]["figure"]
        for cell in lab.code_cells
        if shown[cell.name]["figure"]
    }
    return {lab.path.with_suffix(".out"): text, **figures}


def leftovers(program: Path) -> list[Path]:
    """Return what is recorded of a lab or of cells that are not there."""
    names = {cell.name for cell in read_lab(program).code_cells} if program.is_file() else set()
    outputs = read_outputs(program)
    figures = [path for name, path in outputs.figures.items() if name not in names]
    return figures if program.is_file() else [outputs.path, *figures]


def closed(text: str) -> str:
    """Return a text that ends its last line."""
    return text if not text or text.endswith("\n") else text + "\n"


def form_of(text: str) -> str:
    """Return a text of measured times without its numbers."""
    return " ".join(re.sub(r"[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?", "#", text).split())
