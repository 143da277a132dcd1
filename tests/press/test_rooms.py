"""Every room of the press imports only from those above it, and nothing goes round in a circle."""

import ast
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import press

SOURCE = Path(press.__file__).parents[1]
# From the top down. The last two are what people start: pytest's plugin and the command line.
ROOMS = (
    "press.failure",
    "press.palette",
    "press.project",
    "press.values",
    "press.syntax",
    "press.execute",
    "press.record",
    "press.render",
    "press.check",
    "press.serve",
    "press.paper",
    "press.mkdocs",
    "press.new_files",
    "press.new_chapter",
    "press.new_figure",
    "press.chapter_table",
    "press.pytest_plugin",
    "press.__main__",
)
LARGEST = 400  # lines of a file
# Who may import what belongs to one generator of sites, which another one will replace.
GENERATOR = ("jinja2", "jupytext", "material", "mkdocs", "mkdocs_jupyter", "nbconvert")


def imports_of(files: Mapping[str, str]) -> dict[str, set[str]]:
    """Return for each module what it imports, at its top, in a function or for types alone."""
    return {module: set(_imports(text)) for module, text in files.items()}


def _imports(text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "an import says its whole path"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def room_of(module: str) -> str:
    return ".".join(module.split(".")[:2])


def wrong_ways(graph: Mapping[str, set[str]]) -> list[str]:
    """Return the imports that go to a room below."""
    return [
        f"{module} imports {target}"
        for module, targets in graph.items()
        for target in sorted(targets & graph.keys())
        if room_of(target) in ROOMS  # `press` itself holds nothing
        and ROOMS.index(room_of(target)) > ROOMS.index(room_of(module))
    ]


def circle(graph: Mapping[str, set[str]]) -> list[str]:
    """Return modules that import each other in a circle, if there are any.

    A package stands for what its ``__init__`` imports; the modules in it do not need it.
    """
    ours = {module: {target for target in graph[module] if target in graph} for module in graph}
    try:
        TopologicalSorter(ours).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


@pytest.fixture(scope="module")
def files() -> dict[str, str]:
    found = {}
    for path in sorted((SOURCE / "press").rglob("*.py")):
        parts = path.relative_to(SOURCE).with_suffix("").parts
        module = ".".join(parts).removesuffix(".__init__")
        found[module] = path.read_text("utf-8")
    return found


def test_every_module_lies_in_a_room_and_every_room_says_what_it_holds(
    files: dict[str, str],
) -> None:
    assert {room_of(module) for module in files} == {*ROOMS, "press"}
    for module, text in files.items():
        assert ast.get_docstring(ast.parse(text)), module


def test_no_file_is_larger_than_somebody_reads_in_one_sitting(files: dict[str, str]) -> None:
    assert {m for m, text in files.items() if len(text.splitlines()) > LARGEST} == set()


def test_imports_go_one_way(files: dict[str, str]) -> None:
    assert wrong_ways(imports_of(files)) == []


def test_no_import_goes_round_in_a_circle(files: dict[str, str]) -> None:
    assert circle(imports_of(files)) == []


def test_one_room_alone_knows_the_generator_of_the_site(files: dict[str, str]) -> None:
    for module, targets in imports_of(files).items():
        known = {target.partition(".")[0] for target in targets} & set(GENERATOR)
        assert not known or room_of(module) == "press.mkdocs", (module, known)


@pytest.mark.parametrize(
    "text",
    [
        "from press.render import blocks\n",
        "import press.check.book\n",
        "import typing\nif typing.TYPE_CHECKING:\n    from press.mkdocs.hook import x\n",
        "def f():\n    from press.record.update import update\n",
    ],
)
def test_a_wrong_way_is_noticed_wherever_the_import_stands(
    files: dict[str, str], text: str
) -> None:
    seeded = files | {"press.values.tex": files["press.values.tex"] + text}
    assert len(wrong_ways(imports_of(seeded))) in (1, 2)  # the module, and its package


def test_a_circle_within_one_room_is_noticed(files: dict[str, str]) -> None:
    blocks = files["press.render.blocks"] + "from press.render.extension import PressExtension\n"
    assert "press.render.blocks" in circle(imports_of(files | {"press.render.blocks": blocks}))
