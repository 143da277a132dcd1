"""Labs: longer experiments, each a notebook in every language, from one file.

A lab is a Python file in Jupytext's percent format. Each text cell stands in every
language, one after the other, and each code cell once, with a name:

    # %% [markdown] lang="zh"
    # 文字。

    # %% [markdown] lang="en"
    # Text.

    # %% spread
    print("code")

In one language a lab is a page. Its text is the file with everything but that language's
text blanked, line for line, so that a line of the page is the line of the file; a code cell
stands there as a fence that names it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

__all__ = ["MEASURED", "Cell", "Lab", "read_lab"]

MEASURED = "measured"  # the tag of a cell whose numbers differ from run to run
_HEADER = re.compile(r"# %%(?P<rest>.*)")
_TEXT = re.compile(r' \[markdown\] lang="(?P<language>[a-z]+)"')
_CODE = re.compile(rf' (?P<name>[a-z][a-z0-9]*(?:-[a-z0-9]+)*)(?P<tag> tags=\["{MEASURED}"\])?')


@dataclass(frozen=True)
class Cell:
    """A cell of a lab.

    Attributes:
        line: the line of its header, from 1.
        lines: the lines below it, as they stand in the file.
        language: of a text cell, its language.
        name: of a code cell, its name.
        measured: its output holds measured times, which are compared in form only.
    """

    line: int
    lines: tuple[str, ...]
    language: str = ""
    name: str = ""
    measured: bool = False

    @property
    def source(self) -> str:
        """What stands in the cell of a notebook, without blank lines around it."""
        lines = map(_uncommented, self.lines) if self.language else self.lines
        return "\n".join(lines).strip("\n")


@dataclass(frozen=True)
class Lab:
    """A lab as it lies on disk.

    Attributes:
        path: the file.
        text: what it holds.
        cells: its cells, in order.
        problems: line and message of what cannot be read as a lab.
    """

    path: Path
    text: str
    cells: tuple[Cell, ...]
    problems: tuple[tuple[int, str], ...]

    @property
    def code_cells(self) -> list[Cell]:
        """The code cells, in order."""
        return [cell for cell in self.cells if cell.name]

    def cell(self, name: str) -> Cell:
        """Return the code cell of this name.

        Raises:
            KeyError: if there is none.
        """
        for cell in self.code_cells:
            if cell.name == name:
                return cell
        raise KeyError(name)

    @property
    def program(self) -> str:
        """What runs: the code cells alone, wherever they stand."""
        return "".join(f"# %% {cell.name}\n{cell.source}\n" for cell in self.code_cells)

    def code_of(self, cell: Cell) -> str:
        """Return the file with everything blanked but one code cell, line for line."""
        return "\n" * cell.line + "\n".join(cell.lines) + "\n"

    def line_of(self, name: str) -> int:
        """Return the line on which a code cell starts, or the first."""
        return next((cell.line for cell in self.code_cells if cell.name == name), 1)

    def body(self, language: str) -> str:
        """Return the lab as a page in one language, line for line."""
        lines = [""] * len(self.text.splitlines())
        for cell in self.cells:
            if cell.language == language:
                lines[cell.line : cell.line + len(cell.lines)] = map(_uncommented, cell.lines)
            elif cell.name and cell.lines:
                lines[cell.line - 1] = f"``` cell {cell.name}"
                lines[cell.line + len(cell.lines) - 1] = "```"
        return "\n".join(lines) + "\n"

    def offset_of(self, line: int, column: int) -> int:
        """Return where a place of a page stands in the file, past the comment sign."""
        lines = self.text.splitlines(keepends=True)
        sign = re.match(r"# ?", lines[line - 1])
        return sum(map(len, lines[: line - 1])) + (len(sign[0]) if sign else 0) + column

    def unpaired(self, languages: Sequence[str]) -> Iterator[tuple[int, str]]:
        """Yield line and message for each text that does not stand in every language."""
        expected = 0
        for cell in self.cells:
            if cell.language and cell.language == languages[expected]:
                expected = (expected + 1) % len(languages)
            elif cell.language or expected:
                wanted = languages[expected]
                yield (
                    cell.line,
                    f"a text stands in {', then '.join(languages)}; here {wanted} lacks",
                )
                expected = 0
        if expected:
            yield self.cells[-1].line, f"the last text lacks {languages[expected]}"


@lru_cache(maxsize=64)
def _parsed(path: Path, text: str) -> Lab:
    """Return a lab, cut at the headers of its cells."""
    lines = text.splitlines()
    heads = [i for i, line in enumerate(lines) if _HEADER.match(line)]
    cells, problems = list[Cell](), list[tuple[int, str]]()
    for i, line in enumerate(lines[: heads[0] if heads else None], 1):
        if line.strip():
            problems.append((i, f"a lab must start with a cell; got {line!r}"))
    for start, end in zip(heads, [*heads[1:], len(lines)], strict=True):
        rest, below = lines[start].removeprefix("# %%"), tuple(lines[start + 1 : end])
        if match := _TEXT.fullmatch(rest):
            cells.append(Cell(start + 1, below, language=match["language"]))
            problems += _uncommentable(start + 2, below)
        elif match := _CODE.fullmatch(rest):
            if any(cell.name == match["name"] for cell in cells):
                problems.append(
                    (start + 1, f"the name of a cell must be its own; got {rest.strip()!r}")
                )
            if not any(line.strip() for line in below):
                problems.append((start + 1, "a code cell must hold code; this one is empty"))
            cells.append(Cell(start + 1, below, name=match["name"], measured=bool(match["tag"])))
        else:
            forms = f'[markdown] lang="en", or name, or name tags=["{MEASURED}"]'
            problems.append(
                (start + 1, f"a cell must start with # %% {forms}; got {lines[start]!r}")
            )
    return Lab(path, text, tuple(cells), tuple(problems))


def read_lab(path: Path) -> Lab:
    """Read a lab."""
    return _parsed(path, path.read_text("utf-8-sig"))


def _uncommentable(first: int, lines: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    """Yield the lines of a text cell that are no comments."""
    for i, line in enumerate(lines, first):
        if line.strip() and line != "#" and not line.startswith("# "):
            yield i, f"a line of a text must start with '# '; got {line!r}"


def _uncommented(line: str) -> str:
    return re.sub(r"^# ?", "", line)
