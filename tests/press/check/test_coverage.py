"""Whatever was written for readers is shown to them; whatever is shown nowhere is told."""

from typing import Any

from press.check.coverage import book_failures, undocumented_names

MODULE = "src/subject/powers.py"


def told(small: Any) -> list[str]:
    """Return what no page shows, the idle exemptions aside."""
    found = [
        f"{failure.path.relative_to(small.root).as_posix()}: {failure.message}"
        for failure in book_failures(small.book())
    ]
    return [each for each in found if "exemption" not in each]


def test_a_book_that_shows_everything_owes_nothing(small: Any) -> None:
    assert told(small) == []
    for language in ("zh", "en"):
        assert list(undocumented_names(small.page(language=language))) == []


def test_a_public_name_that_a_page_does_not_show_is_told_in_each_language(small: Any) -> None:
    small.replace(MODULE, '["square"]', '["square", "cube"]')
    small.write(MODULE, (small.root / MODULE).read_text() + "\n\ndef cube(n):\n    return n**3\n")
    for language in ("zh", "en"):
        assert list(undocumented_names(small.page(language=language))) == [
            (1, "subject.powers.cube is public, and no source fence of this page shows it")
        ]
    fence = "``` source\nsubject.powers:square\n```"
    small.replace("docs/en/powers.md", fence, fence + "\n\n" + fence.replace("square", "cube"))
    assert list(undocumented_names(small.page())) == []
    assert len(list(undocumented_names(small.page(language="zh")))) == 1


def test_a_source_fence_in_a_comment_or_in_code_shows_nothing(small: Any) -> None:
    fence = "``` source\nsubject.powers:square\n```"
    for hidden in (f"<!--\n{fence}\n-->", f"```` text\n{fence}\n````"):
        assert len(list(undocumented_names(small.page(hidden)))) == 1


def test_a_module_without_a_plain_list_of_names_is_told(small: Any) -> None:
    small.replace(MODULE, '__all__ = ["square"]', "names = 1")
    [(_, message)] = undocumented_names(small.page())
    assert "__all__" in message


def test_a_page_that_owns_no_module_owes_no_name(small: Any) -> None:
    small.write("docs/en/index.md", "# Home {#home}\n")
    assert list(undocumented_names(small.book().page(small.root / "docs/en/index.md"))) == []


def test_a_listing_that_no_page_shows_is_told(small: Any) -> None:
    small.listing("idle", "x = 1\n")
    assert told(small) == ["docs/listings/powers/idle.py: no page shows this listing"]


def test_a_figure_that_no_page_shows_is_told(small: Any) -> None:
    small.write("docs/figures/powers/idle.svg", "<svg/>")
    assert told(small) == ["docs/figures/powers/idle.svg: no page shows this figure"]


def test_an_output_without_its_listing_is_told(small: Any) -> None:
    small.write("docs/listings/powers/gone.out", "3\n")
    assert told(small) == [
        "docs/listings/powers/gone.out: the output of a listing that is not there"
    ]


def test_a_module_that_no_chapter_owns_is_told(small: Any) -> None:
    small.write("src/subject/roots.py", "__all__ = []\n")
    small.write("src/subject/_private.py", "x = 1\n")
    small.write("src/elsewhere/roots.py", "x = 1\n")
    assert told(small) == ["src/subject/roots.py: no chapter owns subject.roots"]


def test_a_chapter_without_page_or_module_is_told(small: Any) -> None:
    small.write(
        "pyproject.toml",
        (small.root / "pyproject.toml").read_text("utf-8") + 'roots = ["subject.roots"]\n',
    )
    assert told(small) == [
        "pyproject.toml: the chapter 'roots' has no page",
        "pyproject.toml: roots owns subject.roots; there is none",
    ]


def test_an_exemption_that_no_page_uses_is_told_with_its_line(small: Any) -> None:
    small.replace("docs/en/powers.md", "The length", "On GPT-2 and L2, the length")
    [idle] = [f for f in book_failures(small.book()) if "exemption" in f.message]
    assert (idle.path.name, idle.line) == ("exemptions.txt", 4)
    assert "'Python 3.11'" in idle.message
