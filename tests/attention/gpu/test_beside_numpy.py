"""The loop in NumPy that the chapter shows beside the kernel has the kernel's lines, in order."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[3]


def assigned(lines: list[ast.stmt]) -> list[str]:
    """Return the names that these statements bind, in order; branches are left out."""
    targets = [line.targets[0] for line in lines if isinstance(line, ast.Assign)]
    return [ast.unparse(target) for target in targets]


def loop_of(path: str, function: str | None) -> list[ast.stmt]:
    """Return the body of the only loop of a function, or of a listing."""
    tree: ast.AST = ast.parse((ROOT / path).read_text("utf-8"))
    if function:
        tree = next(
            node
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef) and node.name == function
        )
    [loop] = [node for node in ast.walk(tree) if isinstance(node, ast.For)]
    return loop.body


def test_the_loop_in_numpy_has_the_lines_of_the_kernel() -> None:
    kernel = assigned(loop_of("src/attention/gpu/forward.py", "_absorb"))
    assert kernel[:3] == ["k", "v", "scores"]
    assert assigned(loop_of("docs/listings/gpu/powers.py", None)) == kernel
