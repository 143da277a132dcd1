"""A server builds again what an edit touches, and nothing else."""

from pathlib import Path
from typing import Any

import pytest

from press.live import Live, fingerprints, title_of

PAGE = """\
# A page {#powers}

[9]{= nine}

``` listing
powers/squares.py
```

``` source
subject.powers:square
```

``` figure
powers/line.svg
alt: A line.
caption: A line.
```
"""


def prints(small: Any) -> dict[Path, str]:
    return fingerprints(small.project, "en")


@pytest.fixture
def pages(small: Any) -> Any:
    small.write("docs/en/powers.md", PAGE)
    small.write("docs/en/other.md", "# Other {#other}\n\nNo code.\n")
    return small


@pytest.mark.parametrize(
    ("name", "touched"),
    [
        ("docs/en/powers.md", {"powers.md"}),
        ("docs/en/other.md", {"other.md"}),
        ("docs/listings/powers/squares.py", {"powers.md"}),
        ("docs/listings/powers/squares.out", {"powers.md"}),
        ("docs/figures/powers/line.svg", {"powers.md"}),
        ("src/subject/powers.py", {"powers.md"}),
        ("docs/listings/powers/cubes.py", set()),
        ("docs/exemptions.txt", {"powers.md", "other.md"}),
    ],
)
def test_an_edit_touches_the_pages_that_show_it(pages: Any, name: str, touched: set[str]) -> None:
    before = prints(pages)
    path = pages.root / name
    path.write_text((path.read_text("utf-8") if path.is_file() else "") + "\n# x\n", "utf-8")
    after = prints(pages)
    known = {page.name for page in after if page.name in ("powers.md", "other.md")}
    assert {p.name for p in after if before[p] != after[p]} & known == touched


def test_only_what_changed_is_built_again(pages: Any, tmp_path: Path) -> None:
    live, builds = Live(), []

    def build(config: Path, dirty: bool) -> None:
        config.mkdir(exist_ok=True)
        (config / "built").write_text("x")
        builds.append((dirty, {page.name for page in live.changed}))

    (pages.root / "mkdocs.yml").touch()
    for edit in (None, None, "docs/en/other.md"):
        if edit:
            path = pages.root / edit
            path.write_text(path.read_text("utf-8") + "\nMore.\n", "utf-8")
        live.build(pages.project, "en", lambda folder: folder, build, tmp_path / "site")
    first, second = builds
    assert not first[0]
    assert {"powers.md", "other.md"} <= first[1]
    assert second == (True, {"other.md"})
    assert (tmp_path / "site" / "built").is_file()


def test_a_new_title_builds_the_language_again(pages: Any, tmp_path: Path) -> None:
    live, dirty_builds = Live(), []

    def build(config: Path, dirty: bool) -> None:
        config.mkdir(exist_ok=True)
        dirty_builds.append(dirty)

    live.build(pages.project, "en", lambda folder: folder, build, tmp_path / "site")
    pages.write("docs/en/other.md", "# Another {#other}\n\nNo code.\n")
    live.build(pages.project, "en", lambda folder: folder, build, tmp_path / "site")
    assert dirty_builds == [False, False]


def test_a_title_is_the_first_heading_without_its_id(pages: Any) -> None:
    assert title_of(pages.root / "docs/en/powers.md") == "A page"
    assert title_of(pages.write("docs/en/untitled.md", "Text.\n")) == "untitled"
