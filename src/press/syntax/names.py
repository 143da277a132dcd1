"""The names that expressions read and that programs bind, as far as their text shows them."""

import ast
from pathlib import Path

__all__ = ["is_expression_with_names", "names_bound", "names_in"]


def names_in(expression: str) -> set[str]:
    """Return the names that an expression reads."""
    tree = ast.parse(expression, mode="eval")
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def is_expression_with_names(code: str) -> bool:
    """Return whether inline code is a Python expression that reads a name."""
    try:
        return bool(names_in(code))
    except SyntaxError:
        return False


def names_bound(program: Path) -> set[str]:
    """Return the names that a program binds, as far as its text shows them."""
    tree = ast.parse(program.read_text("utf-8-sig"))
    stored = (n for n in ast.walk(tree) if isinstance(n, ast.Name))
    return {node.id for node in stored if isinstance(node.ctx, ast.Store)}
