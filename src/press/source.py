"""Show a definition as it stands in src, found through the syntax tree."""

import ast
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

__all__ = ["Definition", "SourceError", "find_definition", "public_names"]


class SourceError(LookupError):
    """A module or symbol that is not there."""


@dataclass(frozen=True)
class Definition:
    """A definition's text.

    Attributes:
        text: its lines, decorators included, without trailing newline.
        path: the module's file.
        line: its first line.
    """

    text: str
    path: Path
    line: int


def module_path(root: Path, module: str) -> Path:
    """Return the file of a module below ``root``.

    Raises:
        SourceError: if there is none.
    """
    base = root.joinpath(*module.split("."))
    for path in (base.with_suffix(".py"), base / "__init__.py"):
        if path.is_file():
            return path
    raise SourceError(f"a source fence names a module in src; there is no {module!r}")


def find_definition(root: Path, module: str, symbol: str) -> Definition:
    """Find a class, function or assigned name at the top level of a module, or a method.

    Raises:
        SourceError: if the module or the symbol is not there.
    """
    path = module_path(root, module)
    text = path.read_text("utf-8")
    body = _tree(text).body
    node: ast.stmt | None = None
    for part in symbol.split("."):
        node = next((each for each in body if part in _names(each)), None)
        if node is None:
            raise SourceError(f"{module} defines no {symbol!r}")
        body = getattr(node, "body", [])
    assert node is not None  # noqa: S101 - split() yields at least one part
    decorators = getattr(node, "decorator_list", [])
    first = min([node.lineno, *(each.lineno for each in decorators)])
    lines = text.splitlines()[first - 1 : node.end_lineno]
    return Definition("\n".join(lines), path, first)


def public_names(root: Path, module: str) -> list[str]:
    """Return the names in a module's ``__all__``.

    Raises:
        SourceError: if it has none, or one that is not a plain list of strings.
    """
    for node in _tree(module_path(root, module).read_text("utf-8")).body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and "__all__" in _names(node):
            try:
                return list(ast.literal_eval(node.value))  # type: ignore[arg-type]
            except (ValueError, TypeError):
                break
    raise SourceError(f"{module} names its public functions in a plain list __all__")


@lru_cache(maxsize=256)
def _tree(text: str) -> ast.Module:
    return ast.parse(text)


def _names(node: ast.stmt) -> set[str]:
    """Return the names that a statement defines."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
        return {node.name}
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return {target.id for target in targets if isinstance(target, ast.Name)}
