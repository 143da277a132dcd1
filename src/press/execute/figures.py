"""Whether the models of interactive figures compute what the package computes."""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from press.execute.cache import Store
from press.execute.imports import text_hash
from press.execute.node import ask_node
from press.execute.runner import Runner

__all__ = ["STATES", "computed", "contradictions", "model_failures"]

STATES = 500  # beside the start and the edges
TOLERANCE = 1e-12  # of the package's value, or of 1 if that is smaller
_PROGRAM = Path(__file__).with_name("models.mjs")
_OWN = [Path(__file__), _PROGRAM, Path(__file__).with_name("cases.py")]


def model_failures(runner: Runner) -> dict[str, str]:
    """Return for each figure of the book how its model and the package differ; "" if they agree.

    All of them are asked in one go: a process of Python and one of Node for the whole book.
    """
    names = runner.project.interactives
    store = Store(runner.cache / "figures")
    scripts = sorted((runner.project.source / "interactive").glob("*.js"))
    package = runner.project.root / "package.json"  # says where scripts find each other
    shared = [text_hash(path) for path in (*_OWN, *scripts, package) if path.is_file()]
    keys = {name: runner.key(runner.figure_key(name), *shared) for name in names}
    known = {name: "" for name, key in keys.items() if store.get(key)}
    if missing := [name for name in names if name not in known]:
        expected = computed(runner, missing)
        places = [(runner.project.root, name) for name in missing]
        for name, failure in zip(missing, contradictions(places, expected), strict=True):
            known[name] = failure
            if not failure:  # a failure may have a cause that its key does not tell
                store.put(keys[name], (name,))
    return known


def computed(runner: Runner, names: list[str], count: int = STATES) -> dict[str, Any]:
    """Return what the package computes in states of figures, under the runner's arithmetic."""
    folders = {name: str(runner.project.interactive / name) for name in names}
    question = {"figures": folders, "count": count}
    answers: dict[str, Any] = json.loads(runner.ask("press.execute.cases", question=question))
    return answers


def contradictions(places: Sequence[tuple[Path, str]], expected: Mapping[str, Any]) -> list[str]:
    """Return how models differ from what the package computes; "" for each that agrees.

    Args:
        places: for each model the root of the copy of the project that it lies in, and its figure.
        expected: what `computed` returns of these figures.
    """
    asked = [(root, name) for root, name in places if "error" not in expected[name]]
    question = {
        "figures": [
            {
                "folder": str(root / "docs" / "interactive" / name),
                "state": str(root / "src" / "interactive" / "state.js"),
                "schema": expected[name]["schema"],
                "states": expected[name]["states"],
            }
            for root, name in asked
        ]
    }
    answers = dict(zip(asked, ask_node(_PROGRAM, question), strict=True))
    return [
        answers[place].get("error") or next(_differences(expected[place[1]], answers[place]), "")
        if place in answers
        else expected[place[1]]["error"]
        for place in places
    ]


def _differences(expected: Mapping[str, Any], answer: Mapping[str, Any]) -> Iterator[str]:
    """Yield in which states a figure computes something else than the package."""
    for state, names, case in zip(expected["states"], expected["names"], answer["is"], strict=True):
        if case["written"] != state:
            yield f"the state {state!r} is read, and written as {case['written']!r}"
        if not case["values"]:
            yield f"model.js must compute something; it returned {{}} in the state {state!r}"
        for name, value in case["values"].items():
            if name not in names:
                yield f"cases.py must compute {name}, as model.js does"
            elif where := _difference(value, names[name]):
                yield f"{name}{where} in the state {state!r}"


def _difference(mine: Any, true: Any) -> str:
    """Return where two values differ, and how, or nothing."""
    if isinstance(mine, list) or isinstance(true, list):
        if not (isinstance(mine, list) and isinstance(true, list) and len(mine) == len(true)):
            return f" is {mine!s:.40}; the package has {true!s:.40}"
        pairs = enumerate(zip(mine, true, strict=True))
        return next((f"[{i}]{where}" for i, (a, b) in pairs if (where := _difference(a, b))), "")
    if isinstance(true, bool | str | None) or isinstance(mine, bool | None):
        return "" if mine == true and type(mine) is type(true) else f" is {mine}, not {true}"
    try:
        mine = float(mine)
    except (TypeError, ValueError):
        return f" is {mine!s:.40}, not {true!s:.40}"
    if math.isnan(true) or math.isinf(true) or isinstance(true, int):
        same = mine == true or (math.isnan(mine) and math.isnan(true))
    else:
        same = abs(mine - true) <= TOLERANCE * max(1.0, abs(true))
    return "" if same else f" is {mine!r}, not {true!r}"
