"""What the package computes in the states of interactive figures, in a process of its own.

    python -m press.execute.cases FOLDER … < question > answer

``cases.py`` of a figure's folder gives ``names(state)``: what the figure's expressions may use, and
what its model must compute, each under the same name. ``EDGES`` are states to try in any case.
"""

import json
import random
import runpy
import sys
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from press.execute.fresh_modules import compile_anew
from press.syntax.states import Schema, read_schema

__all__ = ["load", "names_in_state", "states_of"]

SEED = 1706


@lru_cache(maxsize=32)
def _cases(file: Path, _versions: tuple[int, ...]) -> SimpleNamespace:
    return SimpleNamespace(**runpy.run_path(str(file), run_name="cases"))


def load(folder: Path) -> tuple[Schema, SimpleNamespace]:
    """Return the schema of a figure and what its cases.py binds, as they are now."""
    versions = (path.stat().st_mtime_ns for path in sorted(folder.iterdir()) if path.is_file())
    return read_schema(folder / "state.toml"), _cases(folder / "cases.py", tuple(versions))


def names_in_state(folder: Path, text: str) -> dict[str, Any]:
    """Return what names mean in a figure whose state is written so."""
    schema, cases = load(folder)
    names: dict[str, Any] = cases.names(schema.read(text))
    return names


def states_of(folder: Path, count: int) -> list[dict[str, Any]]:
    """Return the first state of a figure, the edges, and any others, always the same.

    Raises:
        StateError: if an edge or a draw sets what the figure does not have.
    """
    schema, cases = load(folder)
    rng = random.Random(SEED)  # noqa: S311 - it draws examples
    draw: Any = getattr(cases, "draw", lambda _: {})  # what is not drawn evenly
    edges = [schema.changed(schema.start, edge) for edge in cases.EDGES]
    drawn = [schema.changed(schema.draw(rng), draw(rng)) for _ in range(count)]
    return [schema.start, *edges, *drawn]


def _plain(value: Any) -> Any:
    """Return a value as JSON has it; infinities as Python writes them."""
    if hasattr(value, "tolist"):
        return np.asarray(value).tolist()
    if isinstance(value, dict):
        return {str(key): _plain(part) for key, part in value.items()}
    return [_plain(part) for part in value] if isinstance(value, list | tuple) else value


def _answer(folder: Path, count: int) -> dict[str, Any]:
    """Return a figure's schema, states as an address writes them, and what names mean in each."""
    schema, cases = load(folder)
    states = states_of(folder, count)
    names = [
        {
            name: _plain(value)
            for name, value in cases.names(state).items()
            if not callable(value) and not name.startswith("_")
        }
        for state in states
    ]
    return {"schema": schema.kinds, "states": [schema.write(s) for s in states], "names": names}


if __name__ == "__main__":
    compile_anew(sys.argv[1:])
    question = json.load(sys.stdin)
    answers: dict[str, Any] = {}
    for name, folder in question["figures"].items():
        try:
            answers[name] = _answer(Path(folder), question["count"])
        except Exception as error:  # noqa: BLE001 - a figure's cases may raise anything
            answers[name] = {"error": f"{type(error).__name__}: {error}"}
    json.dump(answers, sys.stdout)
