"""The page of common statements: every row has a verdict and evidence, and the filter works."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from accessibility import axe
from languages import OTHER, by_day_in, every_language
from playwright.sync_api import BrowserContext, Page, expect

ROOT = Path(__file__).resolve().parents[2]

WORDS = {
    "zh": {
        "holds": "✓ 成立",
        "if": "◐ 有条件",
        "loose": "≈ 不严谨",
        "wrong": "✗ 错",
        "unsupported": "? 没有依据",
    },
    "en": {
        "holds": "✓ Holds",
        "if": "◐ Holds if",
        "loose": "≈ Loose",
        "wrong": "✗ Wrong",
        "unsupported": "? Unsupported",
    },
}
EVIDENCE = {"zh": "依据：", "en": "Evidence: "}
BELOW = {
    "zh": "下面的程序",
    "en": "the program below",
}  # shown with the statement, not in a chapter

# What the chapters touch: D is the dot product, T and S the transpose, N scaling and softmax, W
# the making of queries, keys and values, C examples and the whole formula, P why this score,
# R rotary positions, K the masks and the KV cache, H heads, F computing in blocks and on a GPU.
COUNTS = {"d": 12, "t": 10, "s": 5, "n": 14, "w": 13, "c": 5, "p": 14, "r": 3, "k": 12, "h": 2}
COUNTS |= {"f": 6, "m": 1}
ROWS = {f"{group}{n}" for group, count in COUNTS.items() for n in range(1, count + 1)}
ROWS -= {"t8", "p6"}  # taken away again; the others keep their addresses
# Statements about literature, products or models: no listing can show these.
CITED = {"d7", "d10", "d12", "n9", "p4", "p9", "p14", "w8", "w11"}


@dataclass(frozen=True)
class Claim:
    """One statement as the page's Markdown holds it."""

    row: str
    verdict: str
    word: str
    statement: str
    correction: str
    evidence: str
    listings: tuple[str, ...]
    chapter: str


def text_of(language: str) -> str:
    return (ROOT / f"docs/{language}/claims.md").read_text("utf-8")


def claims_of(language: str) -> list[Claim]:
    opening = re.compile(
        r'^!!! claim verdict-(?P<verdict>\w+) "\*\*(?P<word>[^*]+)\*\*'
        r"\{#(?P<row>\w+) \.press-verdict\}"
        r' ?“(?P<statement>.+)” \[#\]\(#(?P<to>\w+)\)\{\.headerlink title="[^"]+"\}"$'
    )
    found, chapter = [], ""
    for block in re.split(r"\n(?=## |!!! )", text_of(language)):
        if heading := re.match(r"## .*\{#([a-z-]+)\}", block):
            chapter = heading[1]
        if not block.startswith("!!! claim"):
            continue
        first, *rest = block.splitlines()
        match = opening.match(first)
        assert match, f"a statement opens with its verdict and ends with its address: {first}"
        assert match["row"] == match["to"], first
        body = [line.strip() for line in rest if line.startswith("    ") and line.strip()]
        evidence = [line for line in body if line.startswith(EVIDENCE[language])]
        assert len(evidence) == 1, f"{match['row']} has one line of evidence; got {evidence}"
        found.append(
            Claim(
                match["row"],
                match["verdict"],
                match["word"],
                match["statement"],
                body[0],
                evidence[0].removeprefix(EVIDENCE[language]),
                tuple(re.findall(r"``` listing\n\s*(\S+)\.py$", block, re.MULTILINE)),
                chapter,
            )
        )
    return found


# ------------------------------------------------------------------- what is written


@every_language
def test_every_row_stands_on_the_page_once(language) -> None:
    rows = [claim.row for claim in claims_of(language)]
    assert len(rows) == len(set(rows))
    assert set(rows) == ROWS


@every_language
def test_verdicts_are_of_one_fixed_set_which_the_page_explains(language) -> None:
    for claim in claims_of(language):
        assert claim.word == WORDS[language].get(claim.verdict), claim.row
    explained = re.findall(
        r"^- \*\*([^*]+)\*\*\{\.press-verdict \.verdict-(\w+)\}", text_of(language), re.MULTILINE
    )
    assert {verdict: word for word, verdict in explained} == WORDS[language]
    assert len(explained) == len(WORDS[language])


@every_language
def test_every_statement_is_corrected_and_names_its_evidence(language) -> None:
    for claim in claims_of(language):
        assert len(claim.correction) > 15, claim.row
        assert not claim.correction.startswith(EVIDENCE[language]), claim.row
        shown = re.findall(r"\]\(([a-z-]+)\.md#[a-z-]+\)", claim.evidence)
        cited = re.findall(r"\[@\w+\]", claim.evidence)
        own = {listing.split("/")[0] for listing in claim.listings}
        assert shown or cited or own, claim.row
        assert bool(own) == (BELOW[language] in claim.evidence), f"{claim.row}: a program below it"
        if claim.row in CITED:
            assert cited or "https://" in claim.correction, claim.row
        else:
            assert claim.chapter in {*shown, *own}, (
                f"{claim.row} is shown in the chapter it is listed under, or by its own program"
            )


def test_both_languages_judge_alike() -> None:
    def skeleton(language: str) -> list[tuple[str, ...]]:
        return [
            (claim.row, claim.verdict, claim.chapter, *re.findall(r"\]\([^)]+\)", claim.evidence))
            for claim in claims_of(language)
        ]

    assert skeleton("zh") == skeleton("en")


# ------------------------------------------------------------------------ the filter


@pytest.fixture
def claims_page(site) -> Iterator[Callable[..., Page]]:
    """Open the page, or what an address behind it shows; no script may fail meanwhile."""
    pages: list[Page] = []
    problems: list[str] = []

    def open_(
        context: BrowserContext, language: str, rest: str = "", *, has_filter: bool = True
    ) -> Page:
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("pageerror", lambda error: problems.append(str(error)))
        pages.append(page)
        page.goto(f"{site.url}{language}/claims/{rest}")
        if has_filter:  # press.js fetches it, and a page counts as loaded without it
            page.locator("claims-filter select").wait_for(state="attached")
        return page

    yield open_
    for page in pages:
        page.close()
    assert not problems, "\n".join(problems)


def shown(page: Page) -> list[str]:
    """Return the rows that a reader sees, in order."""
    return page.eval_on_selector_all(
        ".claim .press-verdict",
        "all => all.filter(one => one.checkVisibility()).map(one => one.id)",
    )


def rows_with(language: str, verdict: str = "", chapter: str = "") -> list[str]:
    return [
        claim.row
        for claim in claims_of(language)
        if verdict in ("", claim.verdict) and chapter in ("", claim.chapter)
    ]


def choose(page: Page, verdict: str) -> None:
    page.locator(f"claims-filter label:has(input[value='{verdict}'])").click()


@by_day_in("zh")
def test_without_javascript_everything_is_there_and_no_control(
    claims_page, plain, language
) -> None:
    page = claims_page(plain, language, has_filter=False)
    assert [
        one.get_attribute("id")
        for one in page.locator(".claim .press-verdict").all()
        if one.is_visible()
    ] == rows_with(language)
    assert page.locator("claims-filter *").count() == 0
    assert page.locator(".press-filter").bounding_box()["height"] == 0


@by_day_in("en")
def test_a_verdict_shows_its_statements_and_says_how_many(claims_page, desk, language) -> None:
    page = claims_page(desk, language)
    status = page.locator("claims-filter").get_by_role("status")
    expect(status).to_have_attribute("aria-live", "polite")
    expect(status).to_contain_text(str(len(ROWS)))
    assert shown(page) == rows_with(language)
    for verdict, word in WORDS[language].items():
        choose(page, verdict)
        expected = rows_with(language, verdict)
        assert shown(page) == expected
        expect(status).to_contain_text(re.compile(rf"\b{len(expected)}\b"))
        radio = page.get_by_role("radio", name=f"{word} {len(expected)}", exact=True)
        expect(radio).to_be_checked()
        headings = page.locator("h2[id]:visible").evaluate_all("all => all.map(one => one.id)")
        chapters = {claim.chapter for claim in claims_of(language) if claim.row in expected}
        assert set(headings) == chapters
    choose(page, "")
    assert shown(page) == rows_with(language)


@by_day_in("zh")
def test_a_chapter_narrows_it_further_and_nothing_is_said_in_words(
    claims_page, desk, language
) -> None:
    page = claims_page(desk, language)
    chapters = list(dict.fromkeys(claim.chapter for claim in claims_of(language)))
    options = page.locator("claims-filter option").evaluate_all("all => all.map(o => o.value)")
    assert options == ["", *chapters]
    page.locator("claims-filter select").select_option("scaling")
    choose(page, "wrong")
    assert shown(page) == rows_with(language, "wrong", "scaling")
    choose(page, "unsupported")
    assert shown(page) == []
    nothing = {"zh": "没有", "en": "No statement"}[language]
    expect(page.locator("claims-filter").get_by_role("status")).to_contain_text(nothing)


def test_the_keyboard_is_enough(claims_page, desk) -> None:
    page = claims_page(desk, "en")
    page.locator("claims-filter input").first.focus()
    page.keyboard.press("ArrowRight")
    assert shown(page) == rows_with("en", "holds")
    ring = "(i) => getComputedStyle(i.nextElementSibling).outlineStyle"
    assert page.locator("claims-filter input:checked").evaluate(ring) == "solid"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.localName") == "select"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert shown(page) == rows_with("en", "holds", "transpose")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("ArrowLeft")
    assert shown(page) == rows_with("en", "", "transpose")


@by_day_in("en")
def test_the_address_keeps_the_choice_also_across_languages(
    claims_page, site, desk, language
) -> None:
    page = claims_page(desk, language)
    choose(page, "loose")
    page.locator("claims-filter select").select_option("qkv")
    query = urlsplit(page.url).query
    assert sorted(query.split("&")) == ["chapter=qkv", "verdict=loose"]
    page.reload()
    expect(page.locator("claims-filter input:checked")).to_have_value("loose")
    assert shown(page) == rows_with(language, "loose", "qkv")
    page.locator("a[data-press-language]").click()
    address = re.escape(f"{site.url}{OTHER[language]}/claims/?{query}")
    page.wait_for_url(re.compile(rf"{address}(#.*)?$"))  # reading may leave a heading in it
    expect(page.locator("claims-filter select")).to_have_value("qkv")
    assert shown(page) == rows_with(language, "loose", "qkv")
    choose(page, "")
    page.locator("claims-filter select").select_option("")
    assert urlsplit(page.url).query == ""


def test_an_address_that_asks_for_nonsense_shows_everything(claims_page, desk) -> None:
    page = claims_page(desk, "en", "?verdict=maybe&chapter=nowhere")
    assert shown(page) == rows_with("en")


def test_the_heading_that_reading_leaves_in_the_address_shows_nothing_more(
    claims_page, desk
) -> None:
    page = claims_page(desk, "en", "?verdict=holds&chapter=qkv#transpose")
    assert shown(page) == rows_with("en", "holds", "qkv")


def test_a_link_to_a_hidden_statement_shows_it(claims_page, desk) -> None:
    page = claims_page(desk, "en", "?verdict=holds#t1")
    expect(page.locator("#t1")).to_be_in_viewport()
    assert shown(page) == rows_with("en")
    choose(page, "holds")
    expect(page.locator("#t1")).to_be_hidden()
    page.evaluate("location.hash = '#t3'")
    expect(page.locator("#t3")).to_be_in_viewport()
    choose(page, "unsupported")
    page.locator(".md-sidebar--secondary a[href$='#softmax']").click()
    expect(page.locator("h2#softmax")).to_be_in_viewport()


def test_the_filter_comes_with_instant_navigation(claims_page, site, desk) -> None:
    page = claims_page(desk, "en", "../glossary/", has_filter=False)
    page.wait_for_load_state("networkidle")
    loaded = (
        "performance.getEntriesByType('resource').some(({name}) => name.endsWith('/claims.js'))"
    )
    assert not page.evaluate(loaded), "a page without the filter has no use for its script"
    page.evaluate("window.still = true")
    page.evaluate(
        """(href) => {
            const link = Object.assign(document.createElement("a"), { href, textContent: "go" });
            document.querySelector("article").prepend(link);
        }""",
        f"{site.url}en/claims/",
    )
    page.get_by_role("link", name="go", exact=True).click()
    page.wait_for_selector("h1#claims")
    assert page.evaluate("window.still"), "the page was loaded anew, not navigated instantly"
    choose(page, "wrong")
    assert page.evaluate(loaded)
    assert shown(page) == rows_with("en", "wrong")


@by_day_in("zh")
def test_a_narrow_phone_has_room_for_the_filter(claims_page, phone, language) -> None:
    page = claims_page(phone, language)
    page.locator("claims-filter label:has(input[value='wrong'])").tap()
    assert shown(page) == rows_with(language, "wrong")
    wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wider) <= 0
    for label in page.locator("claims-filter label").all():
        box = label.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 320
        assert box["height"] >= 24, "a finger needs room"


def test_print_shows_every_statement(claims_page, desk) -> None:
    page = claims_page(desk, "en", "?verdict=wrong&chapter=qkv")
    assert shown(page) == rows_with("en", "wrong", "qkv")
    page.emulate_media(media="print")
    assert shown(page) == rows_with("en")
    expect(page.locator("claims-filter")).to_be_hidden()
    assert page.locator("h2[id]:visible").count() == len({c.chapter for c in claims_of("en")})
    page.emulate_media(media="screen")


def test_axe_finds_nothing_in_the_filter_whatever_is_chosen(claims_page, desk) -> None:
    page = claims_page(desk, "zh")
    choose_all = """all => all.forEach((input, i) => { input.name = i; input.checked = true; })"""
    page.locator("claims-filter input").evaluate_all(choose_all)
    page.keyboard.press("Tab")  # now the whole page is laid out, not what is on the screen alone
    assert axe(page) == []
    page.emulate_media(color_scheme="dark")
    page.wait_for_selector("body[data-md-color-scheme=slate]")
    assert axe(page) == []
    page.emulate_media(color_scheme="light")
