"""What figures compute is what the package computes, and each mistake there is noticed."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from press.execute.cases import load
from press.execute.figures import computed, contradictions, model_failures
from press.execute.runner import Runner
from press.project import Project

ROOT = Path(__file__).resolve().parents[2]
PROJECT = Project.load(ROOT)
FIGURES = PROJECT.interactives
EXAMPLES = 60  # states beside the edges, to notice a mistake with

every_figure = pytest.mark.parametrize("name", FIGURES)

# In a model: every place of the one becomes the other, one place at a time.
OPERATORS = {
    "<=": "<", ">=": ">", " < ": " <= ", " > ": " >= ", "===": "!==", "!==": "===",
    "&&": "||", "||": "&&", " + ": " - ", " - ": " + ", " * ": " / ", " / ": " * ",
}  # fmt: skip


@pytest.fixture(scope="module")
def expected() -> dict[str, Any]:
    """What the package computes in some states of every figure."""
    return computed(Runner(PROJECT), FIGURES, EXAMPLES)


def copy_of_project(folder: Path) -> Path:
    """Copy what models consist of."""
    shutil.copytree(ROOT / "src" / "interactive", folder / "src" / "interactive")
    shutil.copytree(ROOT / "docs" / "interactive", folder / "docs" / "interactive")
    shutil.copy(ROOT / "package.json", folder)
    return folder


def mutants(text: str) -> Iterator[tuple[str, str]]:
    """Yield the text of a model with one operator changed, and where."""
    for old, new in OPERATORS.items():
        for match in re.finditer(rf"(?<![=<>!&|]){re.escape(old)}(?![=<>!&|])", text):
            line = text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
            if "//" not in line and not line.startswith("import"):
                where = f"line {1 + text.count(chr(10), 0, match.start())}: {old} → {new}"
                yield text[: match.start()] + new + text[match.end() :], where


@every_figure
def test_a_model_computes_what_the_package_computes(name: str) -> None:
    assert model_failures(Runner(PROJECT))[name] == ""


def test_each_mistake_in_a_model_is_noticed(expected: dict[str, Any], tmp_path: Path) -> None:
    places, mistakes = list[tuple[Path, str]](), list[str]()
    for name in FIGURES:
        model = (ROOT / "docs" / "interactive" / name / "model.js").read_text("utf-8")
        for text, where in mutants(model):
            root = copy_of_project(tmp_path / str(len(places)))
            (root / "docs" / "interactive" / name / "model.js").write_text(text, "utf-8")
            places.append((root, name))
            mistakes.append(f"{name}, {where}")
    found = contradictions(places, expected)
    assert [m for m, failure in zip(mistakes, found, strict=True) if not failure] == []
    assert len(mistakes) >= 5 * len(FIGURES)


def test_a_mistake_in_reading_a_state_is_noticed(expected: dict[str, Any], tmp_path: Path) -> None:
    root = copy_of_project(tmp_path / "copy")
    script = root / "src" / "interactive" / "state.js"
    text = script.read_text("utf-8")
    assert text.count("0: false, 1: true") == 1
    script.write_text(text.replace("0: false, 1: true", "0: true, 1: true"), "utf-8")
    assert any(contradictions([(root, name) for name in FIGURES], expected))


@every_figure
def test_the_states_are_many_and_the_edges_among_them(expected: dict[str, Any], name: str) -> None:
    states = expected[name]["states"]
    assert states[0] == ""
    assert len(set(states)) > EXAMPLES / 2
    for key in expected[name]["schema"]:  # it starts in the first, and is elsewhere in another
        assert any(f";{key}:" in f";{state}" for state in states), key
    schema, cases = load(PROJECT.interactive / name)
    edges = {schema.write(schema.changed(schema.start, edge)) for edge in cases.EDGES}
    assert edges
    assert edges <= set(states)


@every_figure
def test_data_are_what_their_program_makes(name: str, tmp_path: Path) -> None:
    folder = ROOT / "docs" / "interactive" / name
    if not (folder / "data.py").is_file():
        assert not (folder / "data.json").is_file()
        return
    copy = tmp_path / "data.py"
    shutil.copy(folder / "data.py", copy)
    exec(compile(copy.read_text("utf-8"), str(copy), "exec"), {"__file__": str(copy)})
    assert (tmp_path / "data.json").read_text("utf-8") == (folder / "data.json").read_text("utf-8")
