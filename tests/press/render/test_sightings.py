"""Every work and every fact says where and when it was seen, and pages show it."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from press.check.coverage import book_failures
from press.check.sightings import unsighted
from press.project import Project
from press.render.labels import LABELS
from press.render.pages import render
from press.render.sightings import facts_in, place_of
from press.syntax.pages import PageText

ROOT = Path(__file__).resolve().parents[3]
SOURCES = "docs/sources.toml"
SEEN = 'seen = [{as = "abstract", at = "https://arxiv.org/abs/1706.03762", on = 2026-11-29}]'
UNSEEN = 'unseen = {zh = "已绝版", en = "out of print"}'
SHA = "0123456789abcdef0123456789abcdef01234567"


def page_of(markdown: str) -> PageText:
    return PageText(Path("page.md"), "", markdown, 1)


def told(small: Any) -> list[str]:
    """Return line and message of what is wrong with the small book's sources."""
    found = unsighted(small.project)
    assert {failure.path for failure in found} <= {small.root / SOURCES}
    return [f"{failure.line}: {failure.message}" for failure in found]


def test_a_book_whose_sources_were_seen_owes_nothing(small: Any) -> None:
    assert told(small) == []


def test_the_sources_of_this_book_were_all_seen() -> None:
    project = Project.load(ROOT)
    assert unsighted(project) == []
    assert len(project.cited["works"]) > 50
    assert len(project.cited["facts"]) > 15
    tables = [table for group in ("works", "facts") for table in project.cited[group].values()]
    days = {sighting["on"] for table in tables for sighting in table.get("seen", [])}
    assert date(2026, 11, 1) <= min(days)


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        (f"{SEEN}\n", "", 1, "works.vaswani2017 must say where it was seen, or why it was not"),
        (SEEN, f"{SEEN}\n{UNSEEN}", 1, "seen or unseen, one of them"),
        (SEEN, "seen = []", 1, "must list where it was seen; got []"),
        (SEEN, SEEN[:7] + SEEN[8:-1], 1, "must list where it was seen; got {"),
        (SEEN, 'seen = ["arXiv"]', 1, "must say of a sighting as, at and on; got 'arXiv'"),
        ('as = "abstract"', 'as = "rumour"', 1, "document; got 'rumour'"),
        (", on = 2026-11-29}]\n\n", "}]\n\n", 1, "on which day it was seen; got None"),
        (
            ", on = 2026-11-29}]\n\n",
            ', on = "2026"}]\n\n',
            1,
            "on which day it was seen; got '2026'",
        ),
        ('at = "https://arxiv.org/abs/1706.03762", on', "on", 1, "an https address; got None"),
        ('"abstract", at = "https:', '"abstract", at = "http:', 1, "https address; got 'http:"),
        ('as = "abstract"', 'as = "code"', 1, "name the commit at which code was seen; got 'https"),
        (
            "on = 2026-11-29}]\n\n",
            "on = 2026-11-29, by = 1}]\n\n",
            1,
            "as, at, part and on alone; ",
        ),
        (SEEN, 'unseen = "lost"', 1, "must say in zh and en why it is unseen; got 'lost'"),
        (SEEN, 'unseen = {en = "lost"}', 1, "must say in zh and en why it is unseen"),
        (SEEN, 'unseen = {en = "lost", zh = ""}', 1, "must say in zh and en why it is unseen"),
        ("year = 2017", 'year = "2017"', 1, "must have year, a whole number; got '2017'"),
        ('title = "Attention Is All You Need"\n', "", 1, "must have title, a text; got None"),
        ('"vaswani2017"', '"nobody"', 8, "facts.base must name its work as source; got 'nobody'"),
        ('part = "§ 3"', 'page = "3"', 8, "facts.base must say of a sighting as, at, part and on"),
    ],
)
def test_what_a_source_leaves_out_is_told_with_its_line(
    small: Any, old: str, new: str, line: int, says: str
) -> None:
    small.replace(SOURCES, old, new)
    [message] = told(small)
    assert message.startswith(f"{line}: ")
    assert says in message


def test_the_proof_of_the_book_asks_for_sightings(small: Any) -> None:
    small.replace(SOURCES, f"{SEEN}\n", "")
    assert [f.line for f in book_failures(small.book()) if f.path == small.root / SOURCES] == [1]


def test_what_is_unseen_for_a_reason_is_no_failure(small: Any) -> None:
    small.replace(SOURCES, SEEN, UNSEEN)
    assert told(small) == []


def test_a_sighting_is_no_fact_that_pages_may_state(small: Any) -> None:
    facts = small.project.facts["facts"]
    assert set(facts["base"]) == {"d_k", "published", "source"}
    assert "seen" in small.project.cited["facts"]["base"]


CITING = "[@vaswani2017], again [@vaswani2017], says [64]{= facts.base.d_k}.\n"


def listed(small: Any, language: str, markdown: str = CITING) -> str:
    """Return the list of sightings that a page ends with."""
    page = render(small.project, language, page_of(markdown), stamp=False).html
    _, _, sightings = page.partition('<details class="press-sightings"')
    return sightings


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://a.org/some_text/2017", "a.org/some_text/2017"),
        (
            "https://a.org/a_long_path/that-is/_not_short/at__all/in/any/way",
            "a.org/|a_|long_|path/|that-is/_not_|short/|at__all/|in/|any/|way",
        ),
    ],
)
def test_a_long_address_breaks_between_its_words(small: Any, address: str, shown: str) -> None:
    where = 'at = "{}", part'
    small.replace(SOURCES, where.format("https://arxiv.org/abs/1706.03762"), where.format(address))
    assert f">{shown.replace('|', '<wbr>')}</a>" in listed(small, "en")


def test_a_page_lists_once_where_its_works_and_its_facts_were_seen(small: Any) -> None:
    address = "https://arxiv.org/abs/1706.03762"
    shown = f'<a class="press-seen" href="{address}">arxiv.org/abs/1706.03762</a>'
    work = f'<a class="press-seen" href="{address}">Vaswani et al. 2017</a>'
    sightings = listed(small, "en")
    assert "<summary>Where the sources of this page were seen</summary>" in sightings
    assert re.findall(r'<li id="([^"]+)">(.*?) <span>(.*?)</span></li>', sightings) == [
        (
            "seen-vaswani2017",
            f"{work} <cite>Attention Is All You Need</cite>",
            f"abstract, {shown} (<time>2026-11-29</time>)",
        ),
        (
            "seen-facts-base",
            f"<code>facts.base</code> {work}",
            f"paper, {shown} §\u00a03 (<time>2026-11-29</time>)",
        ),
    ]
    sightings = listed(small, "zh")
    assert "<summary>本页来源的查看记录</summary>" in sightings
    assert f"<span>论文摘要，{shown}（<time>2026-11-29</time>）</span>" in sightings


def test_several_sightings_stand_side_by_side(small: Any) -> None:
    small.replace(
        SOURCES,
        SEEN,
        f'{SEEN[:-1]}, {{as = "code", at = "https://github.com/a/b/blob/{SHA}/c/d.py#L7",'
        " on = 2026-11-30}]",
    )
    sightings = listed(small, "en")
    assert "(<time>2026-11-29</time>); program or configuration, " in sightings
    shown = f'href="https://github.com/a/b/blob/{SHA}/c/d.py#L7">a/b, c/d.py</a>'
    assert f"{shown} (<time>2026-11-30</time>)" in sightings


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_page_says_where_it_cites_what_nobody_saw(small: Any, language: str) -> None:
    small.replace(SOURCES, SEEN, UNSEEN)
    word, reason = {"zh": ("未能查看", "已绝版"), "en": ("not seen", "out of print")}[language]
    page = render(small.project, language, page_of(CITING), stamp=False).html
    prose = page.partition("<details")[0]
    assert prose.count(f'</a> <small class="press-unseen">[{word}]</small>') == 2
    assert f'<strong class="press-unseen">{word}</strong> {reason}' in listed(small, language)


def test_a_page_says_where_it_states_a_fact_that_nobody_saw(small: Any) -> None:
    text = (small.root / SOURCES).read_text("utf-8")
    start = text.index("seen = [\n")
    small.write(SOURCES, text[:start] + UNSEEN + "\n")
    numbers = render(small.project, "en", page_of(CITING), stamp=False).html.split("<details")[1]
    row = '<a class="press-seen" href="#seen-facts-base"><code>facts.base.d_k</code></a>'
    assert f'{row} <small class="press-unseen">[not seen]</small>' in numbers
    assert "out of print" in listed(small, "en").partition("facts.base</code>")[2]


def test_facts_of_formulas_and_of_compound_expressions_are_listed(small: Any) -> None:
    assert 'id="seen-facts-base"' in listed(small, "en", r"$n=\val{64}{facts.base.d_k}$")
    used = [
        "facts.e.x / facts.b.y",
        "facts.d.z",
        "facts.e.z",
        "artefacts.f",
        "facts.a.x + facts.c.x",
    ]
    assert facts_in(used) == ["e", "b", "d", "a", "c"]


def test_a_page_without_sources_has_no_list_of_sightings(small: Any) -> None:
    assert "press-sightings" not in render(small.project, "en", page_of("Prose."), stamp=False).html


def test_an_address_is_shown_short() -> None:
    assert place_of(f"https://github.com/a/b/blob/{SHA}/c/d.py#L1-L2") == "a/b, c/d.py"
    assert place_of("https://www.example.org/a/") == "example.org/a"


def test_the_press_has_the_same_words_in_each_language() -> None:
    assert {tuple(words) for words in LABELS.values()} == {tuple(LABELS["en"])}
