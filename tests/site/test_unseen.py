"""A page is laid out as it is scrolled, and nobody who moves otherwise notices it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page

PAGE = "en/kv-cache/"
SEEN = "(node) => node.checkVisibility({ contentVisibilityAuto: true })"
# Whether the whole page is laid out as soon as it is parsed, before its scripts run.
PARSED = """document.addEventListener("readystatechange", () => {
  window.parsedWhole ??= document.documentElement.classList.contains("press-whole");
})"""
TOP = "(node) => node.getBoundingClientRect().top"
FRAMES = """() => new Promise((done) =>
    requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 100))))"""


@pytest.fixture
def page(site, phone) -> Iterator[Page]:
    """A long page on a phone, from its top."""
    opened = phone.new_page()
    opened.set_default_timeout(30_000)
    opened.add_init_script(PARSED)
    opened.goto(site.url + PAGE)
    opened.wait_for_selector("html.press-mathml")
    yield opened
    opened.close()


def last(page: Page, kind: str) -> Locator:
    return page.locator(f".md-content__inner > {kind}").last


def test_what_is_far_from_the_screen_waits_until_it_is_near(page: Page) -> None:
    wide = page.locator("figure pre[data-wide][tabindex='0']")
    far = last(page, "figure").locator("pre").first
    assert page.locator("article > p").first.evaluate(SEEN)
    permalink = last(page, "h2").locator("a")
    assert permalink.evaluate(SEEN), "headings wait for nobody: addresses lead to them"
    assert not far.evaluate(SEEN)
    few = wide.count()
    assert few < page.locator("figure pre").count() / 4
    for _ in range(4):  # a reader scrolls by less than a screen
        page.evaluate("scrollBy({ top: innerHeight / 2, behavior: 'instant' })")
        page.evaluate(FRAMES)
    assert few < wide.count() < page.locator("figure pre").count() / 2
    assert not far.evaluate(SEEN)
    page.keyboard.press("Tab")  # the keyboard reaches what scrolls sideways anywhere
    page.evaluate(FRAMES)
    assert wide.count() > page.locator("figure pre").count() / 2
    assert far.evaluate(SEEN)


def test_all_is_printed_searched_and_copied(page: Page) -> None:
    far = last(page, "figure").locator("figcaption")
    assert not far.locator(".press-name").evaluate(SEEN)
    words = far.locator(".press-name").text_content()
    assert page.evaluate("(words) => window.find(words, true)", words)
    page.evaluate(FRAMES)
    copied = page.evaluate(
        """async () => {
            getSelection().selectAllChildren(document.querySelector("article"));
            await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 300)));
            return getSelection().toString();
        }"""
    )
    assert words in copied
    assert copied.count("def ") > 10, "programs, too"
    page.emulate_media(media="print")
    names = page.locator("article > figure .press-name")
    assert names.evaluate_all(f"(all) => all.every({SEEN})")
    page.emulate_media(media="screen")


def test_an_address_leads_to_its_heading(page: Page, site) -> None:
    heading = page.locator("article > h2").nth(-3)
    anchor = heading.get_attribute("id")
    far = last(page, "figure").locator("pre").first
    assert not far.evaluate(SEEN)
    # All is laid out before the browser moves: what it passes is no guess.
    assert far.evaluate(f"(node, id) => {{ location.hash = id; return ({SEEN})(node); }}", anchor)
    page.evaluate(FRAMES)
    assert 0 <= heading.evaluate(TOP) < 160
    page.goto("about:blank")
    page.goto(f"{site.url}{PAGE}#{anchor}")
    assert page.evaluate("window.parsedWhole")
    page.evaluate(FRAMES)
    there = heading.evaluate(TOP)
    assert 0 <= there < 160
    page.wait_for_timeout(300)
    assert heading.evaluate(TOP) == pytest.approx(there, abs=2)


def test_whoever_comes_back_is_where_they_were(page: Page, site) -> None:
    page.wait_for_load_state("networkidle")
    heading = page.locator("article > h2").nth(-3)
    there_again = f"document.getElementById('{heading.get_attribute('id')}')"
    heading.scroll_into_view_if_needed()
    page.wait_for_timeout(400)  # until the address and the place are noted
    there = heading.evaluate(TOP)
    assert not page.evaluate("window.parsedWhole")
    page.reload()
    assert page.evaluate("window.parsedWhole")
    page.wait_for_load_state("networkidle")
    page.evaluate(FRAMES)
    assert heading.evaluate(TOP) == pytest.approx(there, abs=4), "after loading it anew"
    page.evaluate("window.still = true")
    page.locator(".md-footer__link--next").evaluate("(link) => link.click()")
    page.wait_for_selector(".md-content__inner h1:not(#kv-cache)")
    page.wait_for_timeout(400)
    page.go_back()
    page.wait_for_selector("h1#kv-cache")
    # Material remembers the place itself, to within some lines, and goes there in its time.
    page.wait_for_function(f"(there) => Math.abs(({TOP})({there_again}) - there) < 200", arg=there)
    assert page.evaluate("window.still"), "the page was navigated instantly"
