"""Show a definition as it stands in src, found through the syntax tree.

Griffe, which reads the code for the reference, tells neither where the body of a definition
begins nor where the decorators of a property do, and counts what ``__init__`` sets as defined.
"""

import ast
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

__all__ = [
    "Definition",
    "SourceError",
    "entry_of",
    "find_definition",
    "header_of",
    "origin_of",
    "public_names",
]


LEAST_FOLDED = 3  # lines of a docstring: to fold fewer spares none, since the summary is a line


class SourceError(LookupError):
    """A module or symbol that is not there."""


@dataclass(frozen=True)
class Definition:
    """A definition's text.

    Attributes:
        text: its lines, decorators included, without trailing newline.
        path: the module's file.
        line: its first line.
        insides: which of its lines, from 0, lie between the first and the last line of a
            docstring, where these are more than a few.
    """

    text: str
    path: Path
    line: int
    insides: tuple[range, ...] = ()


def module_path(root: Path, module: str) -> Path:
    """Return the file of a module below ``root``.

    Raises:
        SourceError: if there is none.
    """
    base = root.joinpath(*module.split("."))
    for path in (base.with_suffix(".py"), base / "__init__.py"):
        if path.is_file():
            return path
    raise SourceError(f"a source fence must name a module in src; there is no {module!r}")


def find_definition(root: Path, module: str, symbol: str) -> Definition:
    """Find a class, function or assigned name at the top level of a module, or a method.

    Raises:
        SourceError: if the module or the symbol is not there.
    """
    path = module_path(root, module)
    text = path.read_text("utf-8-sig")
    node = _find(text, module, symbol)
    first = _first_line(node)
    lines = text.split("\n")[first - 1 : node.end_lineno]
    insides = sorted(_insides(node, first), key=lambda inside: inside.start)
    return Definition("\n".join(lines), path, first, tuple(insides))


def header_of(root: Path, module: str, symbol: str) -> str:
    """Return how a definition starts: all of it that its users write against.

    Of a function that is what stands before its body, of a class also its fields and
    how ``__init__`` starts, of an assigned name the whole statement.

    Raises:
        SourceError: if the module or the symbol is not there.
    """
    text = module_path(root, module).read_text("utf-8-sig")
    node = _find(text, module, symbol)
    lines = text.split("\n")

    def head(node: ast.stmt) -> str:
        body = getattr(node, "body", None)
        last = body[0].lineno - 1 if body else node.end_lineno
        return "\n".join(lines[_first_line(node) - 1 : last]).rstrip()

    parts = [head(node)]
    if isinstance(node, ast.ClassDef):
        fields = [statement for statement in node.body if isinstance(statement, ast.AnnAssign)]
        parts += [
            head(statement) for statement in fields if not any(map(_is_private, _names(statement)))
        ]
        parts += [head(statement) for statement in node.body if "__init__" in _names(statement)]
    return textwrap.dedent("\n".join(parts)).removesuffix(":")


def public_names(root: Path, module: str) -> list[str]:
    """Return the names in a module's ``__all__``.

    Raises:
        SourceError: if it has none, or one that is not a plain list of strings.
    """
    for node in _tree(module_path(root, module).read_text("utf-8-sig")).body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and "__all__" in _names(node):
            try:
                return list(ast.literal_eval(node.value))  # type: ignore[arg-type]
            except (ValueError, TypeError):
                break
    raise SourceError(f"{module} must name its public functions in a plain list __all__")


def origin_of(root: Path, module: str, name: str) -> str:
    """Return the module that defines a public name, if not the one that publishes it.

    A package that imports on first use says under ``if TYPE_CHECKING`` what comes from where.

    Raises:
        SourceError: if it neither defines nor imports the name.
    """
    path = module_path(root, module)
    body = _tree(path.read_text("utf-8-sig")).body
    if any(name in _names(node) for node in body):
        return module
    branches = (each for node in body if isinstance(node, ast.If) for each in node.body)
    for node in (*body, *branches):
        if isinstance(node, ast.ImportFrom) and name in {alias.name for alias in node.names}:
            return origin_of(root, node.module or "", name)
    raise SourceError(f"{module} defines no {name!r}")


def entry_of(root: Path, module: str, symbol: str) -> str | None:
    """Return the anchor of what the reference says of a definition, if it does.

    A private method is said to belong to its class, and a private function to nothing.
    """
    public: list[str] = []
    for part in symbol.split("."):
        if _is_private(part):
            break
        public.append(part)
    try:
        known = bool(public) and public[0] in public_names(root, module)
    except SourceError:
        known = False
    return ".".join([module, *public]) if known else None


@lru_cache(maxsize=256)
def _tree(text: str) -> ast.Module:
    return ast.parse(text)


def _names(node: ast.stmt) -> set[str]:
    """Return the names that a statement defines."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
        return {node.name}
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return {target.id for target in targets if isinstance(target, ast.Name)}


def _is_private(name: str) -> bool:
    return name.startswith("_")


def _find(text: str, module: str, symbol: str) -> ast.stmt:
    """Return the statement that defines a symbol of a module with this text."""
    body = _tree(text).body
    node: ast.stmt | None = None
    for part in symbol.split("."):
        node = next((statement for statement in body if part in _names(statement)), None)
        if node is None:
            raise SourceError(f"{module} defines no {symbol!r}")
        body = getattr(node, "body", [])
    assert node is not None  # noqa: S101 - split() yields at least one part
    return node


def _insides(node: ast.stmt, first: int) -> Iterator[range]:
    """Yield the lines inside each docstring of a definition, counted from its first line."""
    for inner in ast.walk(node):
        if not isinstance(inner, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
            continue
        if ast.get_docstring(inner, clean=False) is None:
            continue
        docstring = inner.body[0]
        inside = range(docstring.lineno + 1 - first, (docstring.end_lineno or 0) - first)
        if len(inside) >= LEAST_FOLDED:
            yield inside


def _first_line(node: ast.stmt) -> int:
    """Return the line on which a statement starts, decorators included."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])
