"""Shared links show a PNG of the figure that a page begins with, drawn from the SVG as it is."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from press.check.book import Book
from press.check.coverage import book_failures
from press.record import share


@pytest.fixture
def drawn(small: Any, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is drawn, without a browser, for a book that has such pictures."""
    names: list[str] = []

    def draw(figures: Mapping[Path, Path]) -> None:
        for picture in figures:
            picture.parent.mkdir(parents=True, exist_ok=True)
            picture.write_bytes(b"PNG")
            names.append(picture.relative_to(small.project.share).as_posix())

    monkeypatch.setattr(share, "_draw", draw)
    small.project.share.mkdir()
    return names


def test_a_book_without_the_folder_has_no_pictures(small: Any) -> None:
    assert share.share_of(small.project, small.project.docs / "en" / "powers.md") == ""
    assert share.draw_shares(small.project) == []


def test_each_picture_is_drawn_once_for_all_languages(small: Any, drawn: list[str]) -> None:
    pages = [small.project.docs / language / "powers.md" for language in ("zh", "en")]
    assert {share.share_of(small.project, page) for page in pages} == {"powers/line.png"}
    changed = [path.name for path in share.draw_shares(small.project)]
    assert (changed, drawn) == (["line.png", "recorded.sha256"], ["powers/line.png"])
    assert share.draw_shares(small.project) == []


def test_a_page_without_a_figure_is_shared_with_that_of_the_home_page(
    small: Any, drawn: list[str]
) -> None:
    for language in ("zh", "en"):
        page = small.project.docs / language / "powers.md"
        small.write(f"docs/{language}/index.md", page.read_text("utf-8"))
    plain = small.write("docs/zh/plain.md", "# x {#plain}\n")
    assert share.share_of(small.project, plain) == "powers/line.png"


def test_a_changed_figure_and_a_picture_left_over_are_red_until_an_update(
    small: Any, drawn: list[str]
) -> None:
    share.draw_shares(small.project)
    assert list(share.stale_shares(small.project)) == []
    small.replace("docs/figures/powers/line.svg", "M0 0L4 3", "M0 0L3 4")
    (small.project.share / "old.png").write_bytes(b"")
    stale = [path.name for path, _ in share.stale_shares(small.project)]
    assert stale == ["line.png", "old.png"]
    failures = book_failures(Book(small.project))
    assert [f.path.name for f in failures if "python -m press update" in f.message] == stale
    share.draw_shares(small.project)
    assert list(share.stale_shares(small.project)) == []
    assert not (small.project.share / "old.png").exists()


def test_an_update_without_a_browser_says_what_to_do(
    small: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    small.project.share.mkdir()
    monkeypatch.setattr(share, "find_chromium", lambda: None)
    with pytest.raises(RuntimeError, match="run `make setup-test`"):
        share.draw_shares(small.project)
