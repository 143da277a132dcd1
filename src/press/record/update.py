"""Write what programs say: recorded outputs, drawings, and the files of a new chapter."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from press.check.book import Book
from press.check.portable import contradictions
from press.execute.machine import contrast
from press.execute.runner import Run, Runner
from press.failure import Failure, PressError
from press.project import Project
from press.record.fingerprint import is_recorded, write_record
from press.record.lab_outputs import files_of, form_of, leftovers, read_outputs
from press.syntax.lab import read_lab

__all__ = ["new_chapter", "update"]


def update(project: Project) -> list[Path]:
    """Record anew what listings print, what figures' programs draw and what labs show.

    All of them run twice, as the machine is and under an arithmetic that differs from it in as
    much as can be asked for: what depends on rounding or on the number of threads is no fact.
    Numbers in prose are never touched: when one changes, somebody must read the sentence
    around it again.

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
    book = Book(project)
    runs = book.runner.run_all(programs, book.names_needed())
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
    outputs, found = read_outputs(program), dict(shown)
    for cell in read_lab(program).code_cells:
        text, figure = outputs.texts.get(cell.name, ""), outputs.figures.get(cell.name)
        if cell.measured and form_of(text) == form_of(shown[cell.name]["text"]):
            drawn = figure.read_text("utf-8") if figure else None
            found[cell.name] = {"text": text, "figure": drawn}
    return found


def _failed(runs: Mapping[Path, Run]) -> list[Failure]:
    """Return the programs that did not end well."""
    return [
        Failure(program, 1, f"a program ends well; this one says: {run.error}")
        for program, run in runs.items()
        if run.error
    ]


def new_chapter(project: Project, chapter: str) -> list[Path]:
    """Create a chapter's page in every language, module, test and first listing.

    The files hold what a chapter needs, marked TODO; the checks are red until it is written.

    Raises:
        ValueError: if the stem is not lower-case ASCII words joined by ``-``, or if no chapter
            says which package the module belongs to.
        FileExistsError: if one of the files is there already; nothing is written then.
    """
    if not re.fullmatch(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*", chapter):
        raise ValueError(f"a chapter's stem is lower-case words joined by '-'; got {chapter!r}")
    stem = chapter.replace("-", "_")
    if not project.packages:
        raise ValueError("[tool.press.chapters] names the package of the chapters; it is empty")
    subject = project.packages[0]
    files = {
        project.source / subject / f"{stem}.py": _MODULE.format(stem=stem),
        project.root / "tests" / subject / f"test_{stem}.py": _TEST.format(stem=stem, s=subject),
        project.listings / chapter / "first.py": _LISTING.format(stem=stem, s=subject),
        project.listings / chapter / "first.out": "",
    }
    for language in project.languages:
        page = _PAGES.get(language, _PAGES["en"])
        text = page.format(chapter=chapter, stem=stem, s=subject)
        files[project.docs / language / f"{chapter}.md"] = text
    if there := [path for path in files if path.exists()]:
        raise FileExistsError(f"a new chapter's files do not exist yet; found {there[0]}")
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return list(files)


_MODULE = '''"""TODO: what this module teaches, in one line."""

__all__: list[str] = []
'''

_TEST = '''"""TODO: a law, an oracle, an edge and an error for each function of {s}.{stem}."""
'''

_LISTING = """import numpy as np

x = np.array([3.0, 4.0])
print(np.linalg.norm(x))
"""

_PAGES = {
    "en": """# TODO title {{#{chapter}}}

!!! question "TODO: the question this chapter answers, in the reader's words"

## TODO by hand {{#by-hand}}

``` listing
{chapter}/first.py
```

## What goes wrong {{#what-goes-wrong}}

## Try it yourself {{#exercises}}

## Sources {{#sources}}
""",
    "zh": """# TODO 标题 {{#{chapter}}}

!!! question "TODO：本章要回答的问题，用读者的话说"

## TODO 手算 {{#by-hand}}

``` listing
{chapter}/first.py
```

## 会出什么错 {{#what-goes-wrong}}

## 动手试试 {{#exercises}}

## 来源 {{#sources}}
""",
}
