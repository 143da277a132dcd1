"""A project knows where things lie; what they say is read when it is needed."""

from collections.abc import Callable
from typing import Any

import pytest

from press.project import Project
from press.render.site_settings import markdown_extensions

EXTRA = '[project.optional-dependencies]\nx = ["torch"]\n\n'


@pytest.mark.parametrize(
    ("name", "old", "new", "read"),
    [
        ("docs/exemptions.txt", "GPT-2\n", "GPT-3\n", lambda project: project.exemptions),
        ("docs/sources.toml", "year = 2017", "year = 2019", lambda project: project.cited),
        ("docs/sources.toml", "d_k = 64", "d_k = 67", lambda project: project.facts),
        ("docs/measured/full-tank.json", "2.5", "3.5", lambda project: project.facts),
        (
            "pyproject.toml",
            "[tool.press]\n",
            EXTRA + "[tool.press]\n",
            lambda project: project.extras,
        ),
        ("mkdocs.yml", "toc_depth: 3", "toc_depth: 2", markdown_extensions),
    ],
    ids=lambda case: case if isinstance(case, str) and "/" in case else "",
)
def test_an_edit_is_seen_by_the_same_project(
    small: Any, name: str, old: str, new: str, read: Callable[[Project], object]
) -> None:
    project = small.project
    before = read(project)
    assert read(project) == before
    small.replace(name, old, new)
    after = read(project)
    assert after != before
    small.replace(name, new, old)
    assert read(project) == before
