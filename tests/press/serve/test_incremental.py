"""A server renders what is read and what an edit touches, and nothing else."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from press.check.page_hashes import PageHashes
from press.failure import Failure
from press.serve.incremental import IncrementalSite
from press.syntax.pages import title_of

PAGE = """\
# A page {#powers}

[9]{= nine} [27]{= cubes: only_here}

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
    return PageHashes(small.project).of("en")


@pytest.fixture
def pages(small: Any) -> Any:
    for language in ("en", "zh"):
        small.write(f"docs/{language}/powers.md", PAGE)
        small.write(f"docs/{language}/other.md", "# Other {#other}\n\nNo code.\n")
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
        ("docs/listings/powers/cubes.py", {"powers.md"}),
        ("docs/listings/powers/cubes.out", set()),
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


def test_a_listing_that_is_recorded_touches_its_page(pages: Any) -> None:
    path = pages.root / "docs/listings/powers/squares.py"
    path.write_text(path.read_text("utf-8") + "# x\n", "utf-8")
    before = prints(pages)
    pages.record()
    after = prints(pages)
    assert [page.name for page in after if before[page] != after[page]] == ["powers.md"]


class Frame:
    """What MkDocs does for one language, as far as a server's memory sees it."""

    def __init__(self, small: Any, language: str, folder: Path) -> None:
        self.small, self.language, self.folder = small, language, folder
        self.done: list[str] = []

    def build(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.done.append("build")

    def page_at(self, address: str) -> Path | None:
        page = self.small.root / "docs" / self.language / f"{address.strip('/')}.md"
        return page.resolve() if page.is_file() else None

    def order(self) -> list[Path]:
        return [page.resolve() for page in self.small.project.pages(self.language)]

    def render(self, page: Path) -> None:
        self.done.append(page.stem)

    def finish(self) -> None:
        self.done.append("index")


class Served:
    """A small book in the memory of a server that proves nothing by itself."""

    def __init__(self, small: Any) -> None:
        self.small, self.site, self.proven = small, IncrementalSite(), list[list[str]]()
        self.frames: dict[str, Frame] = {}
        self.site.proof.start = self.start  # type: ignore[method-assign]
        (small.root / "mkdocs.yml").touch()
        self.update()

    def update(self) -> None:
        self.site.update(self.small.project, self.frame)

    def frame(self, language: str, folder: Path) -> Frame:
        self.frames[language] = Frame(self.small, language, folder)
        return self.frames[language]

    def start(self, project: Any, marks: Any, edited: Any = ()) -> None:
        self.proven.append([f"{page.parent.name}/{page.stem}" for page in edited])

    def done(self, language: str = "en") -> list[str]:
        """What has been done for a language since this was last asked."""
        done, self.frames[language].done = self.frames[language].done, []
        return done


@pytest.fixture
def served(pages: Any) -> Iterator[Served]:
    served = Served(pages)
    yield served
    served.site.close()


def edit(small: Any, name: str) -> None:
    path = small.root / name
    path.write_text(path.read_text("utf-8") + "\nMore.\n", "utf-8")


def test_a_page_is_rendered_when_it_is_requested_and_once(served: Served) -> None:
    assert served.done() == ["build"]
    assert served.site.is_stale("en/other/")
    for _ in range(2):
        served.site.make("en/other/")
    assert served.done() == ["other"]
    assert not served.site.is_stale("en/other/")
    assert served.site.is_stale("zh/other/")
    served.site.make("404.html")
    served.site.make("en/nothing/")
    assert served.done() == []


def test_an_edit_renders_only_what_it_touches_when_that_is_requested(served: Served) -> None:
    served.site.make("en/other/")
    served.site.make("en/powers/")
    served.done()
    edit(served.small, "docs/en/other.md")
    served.update()
    served.site.make("en/powers/")
    assert served.done() == []
    served.site.make("en/other/")
    assert served.done() == ["other"]


def test_the_index_of_the_search_waits_for_all_pages(served: Served) -> None:
    served.site.make("en/other/")
    served.site.make("en/search/search_index.json")
    assert served.done() == ["build", "other", "powers", "index"]
    assert not served.site.is_stale("en/search/search_index.json")
    served.site.make("en/search/search_index.json")
    assert served.done() == []
    edit(served.small, "docs/en/other.md")
    served.update()
    assert served.site.is_stale("en/search/search_index.json")
    served.site.make("en/search/search_index.json")
    assert served.done() == ["other", "index"]


def test_a_new_title_builds_the_language_again(served: Served) -> None:
    served.site.make("en/powers/")
    served.small.write("docs/en/other.md", "# Another {#other}\n\nNo code.\n")
    served.update()
    assert served.done() == ["build"]
    assert served.done("zh") == ["build"]  # once, at the start
    assert served.site.is_stale("en/powers/")


def test_published_files_are_built_again_and_pages_that_do_not_show_them_are_not(
    served: Served,
) -> None:
    served.site.make("en/search/search_index.json")
    served.done()
    served.small.write("docs/assets/more.css", "a {}\n")
    served.update()
    assert served.done() == ["build"]
    assert not served.site.is_stale("en/other/")
    served.site.make("en/search/search_index.json")  # a frame that is built anew has none
    assert served.done() == ["index"]


def test_what_is_edited_is_proven_before_its_twin_and_the_rest(served: Served) -> None:
    assert served.proven == []  # the first proof waits until pages have been rendered
    edit(served.small, "docs/en/other.md")
    served.update()
    edit(served.small, "docs/zh/powers.md")
    served.update()
    assert served.proven == [["en/other", "zh/other"], ["zh/powers", "en/powers"]]


def test_a_changed_anchor_proves_all_pages_again_but_none_first(served: Served) -> None:
    before = served.site._hashes
    served.small.replace("docs/en/other.md", "{#other}", "{#another}")
    served.update()
    assert served.proven == [["en/other", "zh/other"]]
    assert all(before[page] != mark for page, mark in served.site._hashes.items())


def test_what_the_proof_finds_renders_its_page_again_and_reloads_it(served: Served) -> None:
    page, reloads = (served.small.root / "docs/en/other.md").resolve(), list[str]()
    served.site.reload = lambda: reloads.append("reload")
    served.site.show(page)
    assert reloads == []  # nobody has seen the page
    served.site.make("en/other/")
    served.site.proof.failures[page] = [Failure(page, 3, "the page says 4; it is 5")]
    served.site.show(page)
    assert reloads == ["reload"]
    assert served.site.is_stale("en/other/")
    assert served.site.failures(page)[0].line == 3


def test_the_rest_is_rendered_behind_and_then_proven(served: Served, eventually: Any) -> None:
    served.site.make("zh/other/")
    served.site.start()
    eventually(lambda: served.proven == [[]])
    assert sorted(served.done()) == ["build", "index", "other", "powers"]
    assert sorted(served.done("zh")) == ["build", "index", "other", "powers"]
    edit(served.small, "docs/en/other.md")
    served.update()
    eventually(lambda: served.frames["en"].done == ["other", "index"])


def test_a_page_that_cannot_be_rendered_does_not_stop_the_others(
    served: Served, eventually: Any
) -> None:
    def fail(page: Path) -> None:
        raise RuntimeError("no such template")

    served.frames["en"].render = fail  # type: ignore[method-assign]
    served.site.start()
    served.site.make("zh/other/")
    eventually(lambda: served.proven == [[]])
    with pytest.raises(RuntimeError, match="no such template"):
        served.site.make("en/other/")


def test_nothing_is_left_when_the_server_ends(served: Served) -> None:
    assert served.site.folder.is_dir()
    served.site.start()
    served.site.close()
    assert not served.site.folder.exists()


def test_a_title_is_the_first_heading_without_its_id(pages: Any) -> None:
    assert title_of(pages.root / "docs/en/powers.md") == "A page"
    assert title_of(pages.write("docs/en/untitled.md", "Text.\n")) == "untitled"
