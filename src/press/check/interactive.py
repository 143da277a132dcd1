"""What an interactive figure's folder must hold, whatever page shows it."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from press.failure import Failure
from press.project import Project
from press.render.placeholders import NUMERAL
from press.syntax.states import StateError, read_schema

__all__ = ["folder_problems", "still_problems"]

FILES = ("cases.py", "model.js", "state.toml", "view.js", "words.toml")
_GAP = re.compile(r"\{(\w+)\}")


def still_problems(project: Project, name: str, still: str) -> Iterator[Failure]:
    """Yield why a still need not be the drawing of the first state."""
    program = project.drawn_by(still)
    if program.is_file() and f'in_first_state("{name}")' not in program.read_text("utf-8"):
        message = f'a still must draw in_first_state("{name}")'
        yield Failure(program, 1, message)


def folder_problems(project: Project, name: str) -> Iterator[Failure]:
    """Yield what a figure's folder lacks, and what is wrong with its state and its words."""
    folder = project.interactive / name
    for file in FILES:
        if not (folder / file).is_file():
            yield Failure(folder / file, 1, "a figure must have this file")
    try:
        read_schema(folder / "state.toml")
    except StateError as error:
        yield Failure(folder / "state.toml", 1, str(error))
    if (folder / "data.json").is_file() and not (folder / "data.py").is_file():
        yield Failure(folder / "data.json", 1, "data must be made by a data.py beside it")
    yield from _word_problems(folder / "words.toml", project.languages)


def _word_problems(file: Path, languages: tuple[str, ...]) -> Iterator[Failure]:
    """Yield where the words of the languages differ in keys and gaps, or hold a numeral."""
    if not file.is_file():
        return
    text = file.read_text("utf-8")
    try:
        words: dict[str, dict[str, Any]] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        yield Failure(file, 1, f"words must be TOML; {error}")
        return
    if sorted(words) != sorted(languages) or not all(isinstance(t, dict) for t in words.values()):
        message = f"words must be a table for each of {', '.join(languages)}; got {words!s:.60}"
        yield Failure(file, 1, message)
        return
    keys = dict.fromkeys(key for language in languages for key in words[language])
    for key in keys:
        texts = [words[language].get(key) for language in languages]
        line = 1 + text.count("\n", 0, max(text.find(f"\n{key} "), 0) + 1)
        if not all(isinstance(said, str) and said for said in texts):
            yield Failure(file, line, f"{key} must be said in every language")
            continue
        gaps = [sorted(_GAP.findall(str(said))) for said in texts]
        if any(gap != gaps[0] for gap in gaps):
            yield Failure(file, line, f"{key} must have the same gaps in every language; {gaps}")
        if any(NUMERAL.search(_GAP.sub("", str(said))) for said in texts):
            yield Failure(file, line, f"{key} must hold no numeral: nothing would check it")
