"""Every error of the package says what must be. What came is up to the tests of each function."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import attention

SOURCE = Path(attention.__path__[0])
# Not what measures on a GPU, which nobody calls but its own program; and not the integrations,
# whose words are those of the library that they are for.
PATHS = [
    path
    for path in sorted(SOURCE.rglob("*.py"))
    if not {"bench", "integrations"} & set(path.relative_to(SOURCE).parts)
]
SAYS_WHAT_MUST_BE = re.compile(r"\b(must|needs)\b")


def texts_of(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield the line of each error that is raised, and its text without what is filled in."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Raise) or not isinstance(node.exc, ast.Call):
            continue
        if getattr(node.exc.func, "id", "") in {"TypeError", "ValueError", "FileNotFoundError"}:
            parts = (part for part in ast.walk(node.exc) if isinstance(part, ast.Constant))
            yield node.lineno, "".join(str(part.value) for part in parts)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: str(path.relative_to(SOURCE)))
def test_an_error_says_what_must_be(path: Path) -> None:
    texts = texts_of(ast.parse(path.read_text("utf-8")))
    assert [(line, text) for line, text in texts if not SAYS_WHAT_MUST_BE.search(text)] == []


def test_an_error_that_says_what_is_would_be_noticed() -> None:
    [(line, text)] = texts_of(ast.parse('raise ValueError(f"d_k is at least {least}; got {d_k}")'))
    assert (line, SAYS_WHAT_MUST_BE.search(text)) == (1, None)
    assert sum(len(list(texts_of(ast.parse(path.read_text("utf-8"))))) for path in PATHS) > 60
