"""A project knows where things lie; what they say is read when it is needed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import pytest

from press.mkdocs import hook
from press.mkdocs.address import published_at
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


URLS = """\
[project.urls]
Documentation = "https://example.org/book"
Repository = "https://example.org/code"

"""


@pytest.mark.parametrize(
    ("named", "urls", "address"),
    [
        ("", "", ""),
        ("", URLS, "https://example.org/book/"),
        ("https://example.com/x/", "", "https://example.com/x/"),
        ("https://example.com/x", URLS, "https://example.com/x/"),
    ],
)
def test_a_site_stands_where_the_builder_says_or_else_the_project(
    small: Any, monkeypatch: pytest.MonkeyPatch, named: str, urls: str, address: str
) -> None:
    monkeypatch.setenv("SITE_URL", named)
    small.replace("pyproject.toml", "[tool.press]\n", urls + "[tool.press]\n")
    assert small.project.addresses.get("Repository", "") == (
        "https://example.org/code" * bool(urls)
    )
    assert published_at(small.project) == address


class RootConfig(dict[str, Any]):
    """As much of MkDocs' configuration as the end of a build looks at."""

    extra: ClassVar = {"languages": {}}
    site_url = "http://127.0.0.1:8000/"

    def __init__(self, root: Path) -> None:
        super().__init__()
        self.docs_dir, self.site_dir = root / "docs", root / "site"
        self.config_file_path = root / "mkdocs.yml"


@pytest.mark.parametrize(("named", "warned"), [("", True), ("https://example.org/", False)])
def test_a_build_that_nobody_can_publish_says_so(
    small: Any,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    named: str,
    warned: bool,
) -> None:
    for step in ("render_formulas", "_build_languages", "_write_root", "_prove"):
        monkeypatch.setattr(hook, step, lambda *_: None)
    monkeypatch.setenv("SITE_URL", named)
    hook.on_post_build(RootConfig(small.root))
    told = capsys.readouterr().err
    assert (told.startswith("WARNING") and "SITE_URL=https://" in told) == warned
