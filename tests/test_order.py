"""The navigation fixes the order of the chapters, and whatever repeats that order agrees."""

import re
from itertools import pairwise
from pathlib import Path

from languages import every_language

from press.project import Project
from press.render.site_settings import book_order

ROOT = Path(__file__).parents[1]
PROJECT = Project.load(ROOT)
MODULES = PROJECT.chapters  # chapter: the modules that it owns
PAGES = [page.removesuffix(".md") for page in book_order(PROJECT)]
CHAPTERS = [page for page in PAGES if page in MODULES]


def text_of(language: str, page: str) -> str:
    return (PROJECT.docs / language / f"{page}.md").read_text("utf-8")


def sections(language: str, page: str) -> list[str]:
    """Return the ids of a page's sections, in the order of the page."""
    return re.findall(r"^## .+ \{#([\w-]+)\}$", text_of(language, page), re.MULTILINE)


def test_the_settings_list_the_chapters_in_the_order_of_the_navigation() -> None:
    assert list(MODULES) == CHAPTERS


@every_language
def test_each_chapter_ends_with_a_link_to_the_next(language: str) -> None:
    endings = {stem: text_of(language, stem).split("\n\n")[-1] for stem in CHAPTERS}
    wrong = [
        f"{stem}.md leads on to {following}.md"
        for stem, following in pairwise(CHAPTERS)
        if f"]({following}.md#" not in endings[stem]
    ]
    assert wrong == []


@every_language
def test_the_reference_follows_the_navigation(language: str) -> None:
    by_chapter = [name.replace("_", "-") for stem in CHAPTERS for name in names_of(stem)]
    shown = [section for section in sections(language, "api") if section in by_chapter]
    assert shown == by_chapter


def names_of(stem: str) -> list[str]:
    """Return a chapter's modules, those inside packages aside: they stand at the end."""
    return [module.split(".")[1] for module in MODULES[stem] if module.count(".") == 1]


@every_language
def test_the_common_statements_follow_the_navigation(language: str) -> None:
    shown = [section for section in sections(language, "claims") if section in CHAPTERS]
    assert len(shown) > 10
    assert shown == [stem for stem in CHAPTERS if stem in shown]


@every_language
def test_a_chapter_of_part_one_has_at_most_four_claim_boxes(language: str) -> None:
    part_one = CHAPTERS[: CHAPTERS.index("why-dot-product") + 1]
    claims = re.compile(r"^ *!!! claim ", re.MULTILINE)
    boxes = {stem: len(claims.findall(text_of(language, stem))) for stem in part_one}
    assert all(boxes.values()), "each of these chapters sets some common statement right"
    assert {stem: count for stem, count in boxes.items() if count > 4} == {}
