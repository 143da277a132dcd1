"""A page is proven again after an edit of anything that its proof depends on, and not before."""

import os
from pathlib import Path
from typing import Any

import pytest

from press.check import checks
from press.check.checks import check_book
from press.check.proven import Proven
from press.execute.cache import Store
from press.failure import Failure
from press.record import share

PAGES = {f"{language}/{name}.md" for language in ("en", "zh") for name in ("powers", "other")}


@pytest.fixture
def book(lone: Any, shared_cache: Path) -> Any:
    """A book that holds; what was proven of it is its own, runs and formulas are shared."""
    for kind in ("answers", "mathml", "names", "runs"):
        (shared_cache / kind).mkdir(exist_ok=True)
        lone.project.cache.mkdir(exist_ok=True)
        (lone.project.cache / kind).symlink_to(shared_cache / kind)
    lone.replace("docs/exemptions.txt", "GPT-2\nL2\nPython 3.11\n", "")
    for language in ("en", "zh"):
        lone.write(f"docs/{language}/other.md", "# Other {#other}\n\n[a](powers.md#powers)\n")
    return lone


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The pages that are proven, in order."""
    names: list[str] = []
    check_page = checks.check_page

    def note(page: Any) -> list[Failure]:
        names.append(page.path.relative_to(page.book.project.docs).as_posix())
        return check_page(page)

    monkeypatch.setattr(checks, "check_page", note)
    return names


def proven(book: Any, for_readers: bool = False) -> Proven:
    runner = book.book().runner
    return Proven(book.project, runner, for_readers)


def test_what_was_proven_is_not_proven_again(book: Any, checked: list[str]) -> None:
    assert check_book(book.book()) == []
    assert set(checked) == PAGES
    assert proven(book).whole_holds()
    checked.clear()
    assert check_book(book.book()) == []
    assert checked == []


@pytest.mark.parametrize("kind", ["bundles", "figures"])
def test_what_nobody_asks_for_any_more_is_forgotten_when_all_is_proven(
    book: Any, kind: str
) -> None:
    store = Store(book.project.cache / kind)
    for key in ("old", "new"):
        store.put(key, 1)
    os.utime(store.folder / "old", (0, 0))
    assert check_book(book.book()) == []
    assert (store.get("old"), store.get("new")) == (None, 1)


@pytest.mark.parametrize(
    ("name", "pages"),
    [
        ("docs/en/other.md", {"en/other.md", "zh/other.md"}),
        ("docs/listings/powers/squares.py", {"en/powers.md", "zh/powers.md"}),
        ("docs/listings/powers/squares.out", {"en/powers.md", "zh/powers.md"}),
        ("docs/figures/powers/line.py", {"en/powers.md", "zh/powers.md"}),
        ("docs/figures/powers/line.svg", {"en/powers.md", "zh/powers.md"}),
        ("docs/sources.toml", PAGES),
        ("docs/exemptions.txt", PAGES),
        ("docs/symbols.py", PAGES),
        ("docs/measured/full-tank.json", PAGES),
        ("src/subject/powers.py", PAGES),
        ("pyproject.toml", PAGES),
        ("mkdocs.yml", PAGES),
    ],
)
def test_an_edit_proves_what_depends_on_it(
    book: Any, checked: list[str], name: str, pages: set[str]
) -> None:
    assert check_book(book.book()) == []
    checked.clear()
    path = book.root / name
    path.write_text(path.read_text("utf-8") + "\n", "utf-8")
    check_book(book.book())
    assert set(checked) == pages


def test_a_new_anchor_proves_every_page_and_so_finds_the_link_that_lost_its_own(
    book: Any, checked: list[str]
) -> None:
    assert check_book(book.book()) == []
    checked.clear()
    for language in ("en", "zh"):
        path = book.root / f"docs/{language}/powers.md"
        path.write_text(path.read_text("utf-8").replace("{#powers}", "{#power}"), "utf-8")
    lost = {f.path.relative_to(book.root / "docs").as_posix() for f in check_book(book.book())}
    assert {"en/other.md", "zh/other.md"} <= lost
    assert set(checked) == PAGES


def test_what_fails_is_not_remembered_and_what_is_mended_is_proven(
    book: Any, checked: list[str]
) -> None:
    book.replace("docs/en/powers.md", "[27.7]", "[27.8]")
    first = [failure.message for failure in check_book(book.book())]
    assert "the page says 27.8; length is 27.7128129" in first
    checked.clear()
    assert [failure.message for failure in check_book(book.book())] == first
    assert "en/powers.md" in checked
    assert "en/other.md" not in checked
    book.replace("docs/en/powers.md", "[27.8]", "[27.7]")
    assert check_book(book.book()) == []


def test_a_file_that_no_page_shows_is_found_although_every_page_was_proven(book: Any) -> None:
    assert check_book(book.book()) == []
    book.listing("idle", "x = 1\n")
    assert [failure.message for failure in check_book(book.book())] == [
        "no page shows this listing"
    ]


def test_a_record_of_shared_pictures_that_is_edited_is_looked_at_although_all_was_proven(
    book: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(share, "_draw", lambda figures: [p.touch() for p in figures])
    for language in ("en", "zh"):
        book.write(f"docs/{language}/index.md", "# Home {#home}\n")
    book.write("docs/share/powers/line.png", "")
    share.draw_shares(book.project)
    assert check_book(book.book()) == []
    assert proven(book).whole_holds()
    record = book.root / "docs/share/recorded.sha256"
    record.write_text(record.read_text("utf-8")[1:], "utf-8")
    assert [failure.path.name for failure in check_book(book.book())] == ["line.png"]


def test_a_page_that_is_edited_while_it_is_proven_is_not_remembered(book: Any) -> None:
    page = Path(book.root / "docs/en/powers.md").resolve()
    other = Path(book.root / "docs/en/other.md").resolve()
    before = proven(book)
    assert not before.holds(page)
    book.replace("docs/en/powers.md", "[27.7]", "[27.8]")
    before.remember([page, other], whole=True)
    assert not proven(book).holds(page)
    assert proven(book).holds(other)
    assert not proven(book).whole_holds()
    book.replace("docs/en/powers.md", "[27.8]", "[27.7]")
    assert not proven(book).holds(page)


def test_a_proof_for_readers_says_nothing_to_others(book: Any) -> None:
    page = Path(book.root / "docs/en/powers.md").resolve()
    readers = proven(book, for_readers=True)
    assert not readers.holds(page)
    readers.remember([page])
    assert proven(book, for_readers=True).holds(page)
    assert not proven(book).holds(page)
    full = proven(book)
    assert not full.holds(page)
    full.remember([page], whole=True)
    assert proven(book).holds(page)
    assert proven(book, for_readers=True).whole_holds()
