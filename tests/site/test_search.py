"""The search finds what readers type, however they type it, and loads when somebody turns to it."""

import re
import tomllib
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

QUERIES = tomllib.loads(Path(__file__).with_name("queries.toml").read_text("utf-8"))
FIRST_RESULT_S = 1.0
ASK = """async (queries) => {
  const home = document.querySelector(".md-logo").href;
  const { Search } = await import(new URL("assets/search/engine.js", home));
  const text = await fetch(new URL("search/index.json", home));
  const search = new Search(await text.json());
  return queries.map((query) => search.find(query).results.map(({ page }) => page.url));
}"""
FAILED = {
    "zh": "搜索没能加载，再次输入时会重试",
    "en": "The search could not be loaded. Type again to retry",
}
# What a browser tells of a paste by the mouse: one event, and no key.
PASTE = """(box, text) => {
  box.value = text;
  box.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertFromPaste" }));
}"""

every_language = pytest.mark.parametrize("language", ["zh", "en"])


@pytest.fixture(scope="module")
def opened(site, desk) -> Iterator[dict[str, tuple[Page, list[str]]]]:
    """A page of each language, reached through the menu, and all that it has asked for."""
    pages: dict[str, tuple[Page, list[str]]] = {}
    for language in ("zh", "en"):
        page, asked = desk.new_page(), list[str]()
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        page.goto(f"{site.url}{language}/scaling/")
        page.locator('.md-nav--primary a[href$="labs/scaling/"]').click()
        page.wait_for_url("**/labs/scaling/")  # deeper than where the scripts were loaded
        page.wait_for_load_state("networkidle")
        pages[language] = page, asked
    yield pages
    for page, _ in pages.values():
        page.close()


@pytest.fixture(autouse=True)
def noted(unlike_before: None, built_site: Path) -> None:
    """Read for each test what is read once for all: what a test opens, it is seen to depend on."""
    for language in ("zh", "en"):
        for name in ("scaling/index.html", "labs/scaling/index.html", "search/index.json"):
            (built_site / language / name).read_bytes()


def searched(page: Page) -> str:
    """Return where the first result leads, once there is one."""
    first = page.locator(".md-search-result__link").first
    first.wait_for()
    return first.get_attribute("href") or ""


@every_language
def test_the_search_loads_when_somebody_turns_to_it_and_answers_soon(
    opened, slowness: float, language: str
) -> None:
    page, asked = opened[language]
    assert [url for url in asked if "search" in url] == []
    waited_ms = page.evaluate(
        """() => new Promise((done) => {
          setTimeout(done, 20000, Infinity);
          const start = performance.now();
          const list = document.querySelector(".md-search-result__list");
          const told = new MutationObserver(() => done(performance.now() - start));
          told.observe(list, { childList: true });
          document.querySelector(".press-search-button").click();
          const input = document.activeElement;
          input.value = "softmax";
          input.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertText" }));
        })"""
    )
    assert waited_ms < 1000 * FIRST_RESULT_S * slowness
    assert searched(page).endswith(f"/{language}/softmax/")
    files = sorted(url.rpartition("/")[2] for url in asked if "/search/" in url)
    assert files == ["box.js", "engine.js", "index.json", "teaser.js"]


def test_text_without_keys_is_searched_for(opened) -> None:
    page, _ = opened["zh"]
    box = page.locator(".press-search input")
    found = page.locator(".md-search-result__link")
    box.focus()  # which loads the search, if no test before has done so
    box.evaluate("(box) => box.form.reset()")
    expect(found).to_have_count(0)
    page.keyboard.insert_text("因果掩码")  # as dictation does: there is no key
    assert searched(page).endswith("/masking/")
    box.evaluate("(box) => box.form.reset()")
    expect(found).to_have_count(0)
    devtools = page.context.new_cdp_session(page)  # an input method: first sounds, then words
    sounds = "softmax"  # the letters of a syllable might as well be a word
    place = {"selectionStart": len(sounds), "selectionEnd": len(sounds)}
    devtools.send("Input.imeSetComposition", {"text": sounds, **place})
    assert box.input_value() == sounds
    assert found.count() == 0
    devtools.send("Input.insertText", {"text": "点积"})
    assert searched(page).endswith("/dot-product/")
    box.evaluate(PASTE, "旋转位置编码")
    expect(found.first).to_have_attribute("href", re.compile("/position/$"))


def test_a_search_that_cannot_be_loaded_says_so_and_is_tried_again(site, desk) -> None:
    page = desk.new_page()
    status, box = page.locator(".press-search [role=status]"), page.locator(".press-search input")
    # A script that did not load: a browser may hold to that as long as the page is open.
    page.route("**/search/engine.js", lambda route: route.abort())
    page.goto(f"{site.url}zh/?q=KV缓存")
    expect(status).to_have_text(FAILED["zh"])
    expect(page.locator("#__search")).to_be_checked()
    # The text: a server does not have it, then breaks off; what it said may be kept, too.
    answers = [{"status": 404, "body": "<p>Not found"}, {"status": 200, "body": '{"pages":'}]
    names = [f"**/search/index.json{query}" for query in ("", "?1")]
    for name, answer in zip(names, answers, strict=True):
        page.route(name, partial(Route.fulfill, **answer))
    for _ in names:
        status.evaluate("(status) => { status.textContent = ''; }")
        page.keyboard.insert_text("？")
        expect(status).to_have_text(FAILED["zh"])
    box.blur()
    box.focus()
    assert searched(page).endswith("/zh/kv-cache/")
    page.close()
    assert f'data-failed="{FAILED["en"]}"' in (site.folder / "en/index.html").read_text("utf-8")


def test_a_link_with_a_query_shows_what_it_finds(site, desk) -> None:
    page = desk.new_page()
    page.goto(f"{site.url}en/?q=causal+mask")
    assert searched(page).endswith("/en/masking/")
    page.keyboard.press("Enter")
    page.wait_for_url("**/en/masking/**")
    box = page.locator(".press-search input")
    expect(page.locator("#__search")).not_to_be_checked()
    box.evaluate("(box) => { box.form.reset(); box.blur(); }")
    page.keyboard.press("/")
    expect(box).to_be_focused()
    expect(box).to_have_value("")
    page.close()


@every_language
def test_readers_find_what_they_type(opened, language: str) -> None:
    queries = QUERIES[language]
    assert len(queries) >= 50
    found = opened[language][0].evaluate(ASK, list(queries))
    wrong = {
        query: urls[:3]
        for (query, page), urls in zip(queries.items(), found, strict=True)
        if f"{page}/" not in urls[:3]
    }
    assert wrong == {}


@every_language
def test_a_chapter_comes_first_for_its_own_subject(opened, language: str) -> None:
    queries = {
        "zh": {"因果掩码": "masking/", "自注意力": "attention/", "KV缓存": "kv-cache/"},
        "en": {"causal mask": "masking/", "self-attention": "attention/", "KV cache": "kv-cache/"},
    }[language]
    found = opened[language][0].evaluate(ASK, list(queries))
    assert [urls[0] for urls in found] == list(queries.values())
