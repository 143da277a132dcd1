"""A definition is shown as it stands in src, whatever stands around it."""

from pathlib import Path

import pytest

from press.syntax.definitions import (
    SourceError,
    entry_of,
    find_definition,
    header_of,
    module_path,
    origin_of,
    public_names,
)

MODULE = '''\
"""Everything a module may define."""

import functools
from collections.abc import Iterator

__all__ = ["plain", "Shape"]
LIMIT: int = 3
FIRST = SECOND = (
    1,
    2,
)

# A comment before it is not part of it.
@functools.cache
@functools.lru_cache(
    maxsize=3,
)
def plain(
    a: int,
) -> int:
    """Say ``a``."""

    def inner() -> int:
        return a

    return inner()  # 中文


class Shape:
    """A shape."""

    sides = 4

    @property
    def area(self) -> int:
        return 1

    class Inner:
        def deep(self) -> int:
            return 2


async def stream() -> Iterator[int]:
    yield 1


def last():
    return "no newline at the end"'''


@pytest.fixture
def src(tmp_path: Path) -> Path:
    (tmp_path / "pack" / "inner").mkdir(parents=True)
    (tmp_path / "pack" / "__init__.py").write_text("__all__ = ('name',)\nname = 1\n")
    (tmp_path / "pack" / "module.py").write_text(MODULE, "utf-8")
    (tmp_path / "pack" / "inner" / "__init__.py").write_text("x = 1\n")
    return tmp_path


@pytest.mark.parametrize(
    ("symbol", "first", "last"),
    [
        ("plain", "@functools.cache", "    return inner()  # 中文"),
        ("Shape", "class Shape:", "            return 2"),
        ("Shape.area", "    @property", "        return 1"),
        ("Shape.sides", "    sides = 4", "    sides = 4"),
        ("Shape.Inner.deep", "        def deep(self) -> int:", "            return 2"),
        ("stream", "async def stream() -> Iterator[int]:", "    yield 1"),
        ("last", "def last():", '    return "no newline at the end"'),
        ("LIMIT", "LIMIT: int = 3", "LIMIT: int = 3"),
        ("SECOND", "FIRST = SECOND = (", ")"),
    ],
)
def test_a_definition_is_found_with_its_decorators_and_whole(
    src: Path, symbol: str, first: str, last: str
) -> None:
    found = find_definition(src, "pack.module", symbol)
    lines = found.text.split("\n")
    assert (lines[0], lines[-1]) == (first, last)
    assert found.text in MODULE
    assert MODULE.split("\n")[found.line - 1] == first
    assert found.path == src / "pack" / "module.py"


LONG = '''\
class Store:
    """Keep what is written.

    Args:
        path: where.

    """

    def read(self) -> str:
        """Return it.

        One line more is not worth folding.
        """
        return """no
        docstring
        at
        all
        """

    @property
    def size(self) -> int:
        """Count.

        One,
        two,
        three."""
        return 3
'''


@pytest.mark.parametrize(
    ("symbol", "insides"),
    [
        (
            "Store",
            [("", "    Args:", "        path: where.", ""), ("", "        One,", "        two,")],
        ),
        ("Store.read", []),
        ("Store.size", [("", "        One,", "        two,")]),
    ],
)
def test_the_inside_of_a_long_docstring_lies_between_its_first_and_its_last_line(
    src: Path, symbol: str, insides: list[tuple[str, ...]]
) -> None:
    (src / "pack" / "long.py").write_text(f"import os\n\n\n{LONG}", "utf-8")
    found = find_definition(src, "pack.long", symbol)
    lines = found.text.split("\n")
    assert [tuple(lines[i] for i in inside) for inside in found.insides] == insides


@pytest.mark.parametrize(
    ("module", "symbol"),
    [
        ("pack.module", "nothing"),
        ("pack.module", "inner"),
        ("pack.module", "Shape.nothing"),
        ("pack.module", "plain.inner.deep"),
        ("pack.module", "functools"),
        ("pack.module", ""),
        ("pack.nothing", "plain"),
        ("nothing", "plain"),
        ("", "plain"),
        ("pack.module.plain", "x"),
    ],
)
def test_a_misspelt_module_or_symbol_is_an_error(src: Path, module: str, symbol: str) -> None:
    with pytest.raises(SourceError):
        find_definition(src, module, symbol)


def test_a_package_is_its_init_file(src: Path) -> None:
    assert module_path(src, "pack.inner") == src / "pack" / "inner" / "__init__.py"
    assert find_definition(src, "pack", "name").text == "name = 1"


def test_public_names_are_those_of_all(src: Path) -> None:
    assert public_names(src, "pack.module") == ["plain", "Shape"]
    assert public_names(src, "pack") == ["name"]


@pytest.mark.parametrize(
    "text", ["x = 1\n", "__all__ = sorted(['a'])\n", "__all__ = [name]\n", "__all__: list[str]\n"]
)
def test_public_names_stand_in_a_plain_list(src: Path, text: str) -> None:
    (src / "pack" / "odd.py").write_text(text)
    with pytest.raises(SourceError, match="__all__"):
        public_names(src, "pack.odd")


def test_an_edited_module_is_read_anew(src: Path) -> None:
    path = src / "pack" / "inner" / "__init__.py"
    assert find_definition(src, "pack.inner", "x").text == "x = 1"
    path.write_text("x = 2\n")
    assert find_definition(src, "pack.inner", "x").text == "x = 2"


def test_every_public_name_of_the_subject_is_found() -> None:
    root = Path(__file__).resolve().parents[3] / "src"
    for path in sorted((root / "attention").glob("[a-z]*.py")):
        module = f"attention.{path.stem}"
        for name in public_names(root, module):
            assert find_definition(root, module, name).text in path.read_text("utf-8")


@pytest.mark.parametrize(
    ("symbol", "header"),
    [
        (
            "plain",
            (
                "@functools.cache\n@functools.lru_cache(\n    maxsize=3,\n)\n"
                "def plain(\n    a: int,\n) -> int"
            ),
        ),
        ("Shape", "class Shape"),
        ("Shape.area", "@property\ndef area(self) -> int"),
        ("Shape.Inner.deep", "def deep(self) -> int"),
        ("LIMIT", "LIMIT: int = 3"),
        ("FIRST", "FIRST = SECOND = (\n    1,\n    2,\n)"),
    ],
)
def test_a_definition_starts_with_what_its_users_write_against(
    src: Path, symbol: str, header: str
) -> None:
    assert header_of(src, "pack.module", symbol) == header


def test_a_class_starts_with_its_public_fields_and_how_it_is_made(src: Path) -> None:
    (src / "pack" / "pair.py").write_text(
        "class Pair(Base):\n"
        '    """Two."""\n\n'
        "    first: int\n"
        "    _hidden: int = 0\n\n"
        "    def turn(self) -> None: ...\n\n"
        "    def __init__(self, a: int) -> None:\n"
        "        self.first = a\n"
    )
    assert header_of(src, "pack.pair", "Pair") == (
        "class Pair(Base):\n    first: int\n    def __init__(self, a: int) -> None"
    )


def test_a_name_comes_from_the_module_that_defines_it(src: Path) -> None:
    (src / "pack" / "over.py").write_text("from pack.again import plain\n")
    (src / "pack" / "again.py").write_text("from pack.module import last, plain\n\nown = 1\n")
    assert origin_of(src, "pack.over", "plain") == "pack.module"
    assert origin_of(src, "pack.again", "own") == "pack.again"
    for module, name in (("pack.over", "last"), ("pack.module", "nothing")):
        with pytest.raises(SourceError):
            origin_of(src, module, name)


def test_a_name_that_is_imported_on_first_use_comes_from_where_type_checkers_are_told(
    src: Path,
) -> None:
    (src / "pack" / "late.py").write_text(
        "if TYPE_CHECKING:\n    from pack.module import plain\nelse:\n    __getattr__ = late\n\n"
        "def inside():\n    from pack.module import last\n"
    )
    assert origin_of(src, "pack.late", "plain") == "pack.module"
    with pytest.raises(SourceError):
        origin_of(src, "pack.late", "last")


@pytest.mark.parametrize(
    ("symbol", "entry"),
    [
        ("plain", "pack.module.plain"),
        ("Shape", "pack.module.Shape"),
        ("Shape.area", "pack.module.Shape.area"),
        ("Shape._hidden", "pack.module.Shape"),
        ("_plain", None),
        ("last", None),
    ],
)
def test_a_public_definition_has_an_entry(src: Path, symbol: str, entry: str | None) -> None:
    assert entry_of(src, "pack.module", symbol) == entry
    assert entry_of(src, "pack.inner", symbol) is None
