"""What a reader hears, copies and types: formulas as text, where the focus goes, single keys."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

ROOT = Path(__file__).resolve().parents[2]
READER = ROOT / "node_modules/@mozilla/readability/Readability.js"

STEMS = [path.stem for path in sorted((ROOT / "docs/en").glob("*.md")) if path.stem != "index"]
STEMS += [f"labs/{path.stem}" for path in sorted((ROOT / "docs/labs").glob("*.py"))]
READ_BY_DAY = ("claims", "labs/scaling", "why-dot-product")

Opened = Callable[..., Page]


def dressed(page: Page) -> None:
    """Wait until press.js has done with the page."""
    page.wait_for_selector("html.press-mathml")
    page.wait_for_load_state("networkidle")


# -------------------------------------------------------------------- formulas as text


def test_no_formula_holds_text_that_nobody_sees(built_site: Path) -> None:
    pages = [path for path in built_site.rglob("index.html") if "<msqrt" in path.read_text("utf-8")]
    assert len(pages) > 10
    for page in pages:
        assert "<mphantom" not in page.read_text("utf-8"), page


def copied(page: Page, select: str) -> tuple[str, str]:
    """Select as a script says, copy, and return what arrives as text and as HTML."""
    page.evaluate(select)
    page.keyboard.press("Control+C")
    return tuple(
        page.evaluate(
            """async () => {
              const [item] = await navigator.clipboard.read();
              const kinds = ["text/plain", "text/html"];
              return Promise.all(kinds.map(async (kind) => (await item.getType(kind)).text()));
            }"""
        )
    )


def test_a_copied_formula_arrives_as_tex(open_page: Opened, desk) -> None:
    page = open_page(desk, "en/scaling/")
    dressed(page)
    paragraph = 'document.querySelector("article > p:has(msqrt)")'
    text, markup = copied(page, f"getSelection().selectAllChildren({paragraph})")
    tex = page.evaluate(f'{paragraph}.querySelector("msqrt").closest(".press-formula").dataset.tex')
    assert tex.startswith("\\sqrt")
    assert f"${tex}$" in text
    assert f"${tex}$" in markup
    assert "<math" not in markup
    assert "#" not in text, "the sign of a permalink"
    # One without an attribute says its TeX in words that are hidden, or shows just that.
    for kind in (":has(.press-tex)", ":not(:has(.press-tex))"):
        select = f"article > p .press-formula:not([data-tex]){kind}"
        formula = f'document.querySelector("{select}")'
        text, _ = copied(page, f"getSelection().selectAllChildren({formula}.parentElement)")
        tex = page.locator(select).first.locator("> *").first.text_content()
        assert len(tex) < 10
        assert f"${tex}$" in text
    # From the middle of a displayed formula to the end of the line below: the formula is whole.
    text, _ = copied(
        page,
        """const formula = document.querySelector("div.press-math .press-formula");
        const inside = formula.querySelector("math :last-child");
        const after = [...document.querySelectorAll("article > p")].find(
          (p) => formula.compareDocumentPosition(p) & Node.DOCUMENT_POSITION_FOLLOWING);
        getSelection().setBaseAndExtent(inside, 0, after, after.childNodes.length);""",
    )
    tex = page.locator("div.press-math .press-formula").first.get_attribute("data-tex")
    assert text.startswith(f"$${tex}$$\n")
    # Without a formula the browser copies as it always does.
    page.evaluate(
        "getSelection().selectAllChildren(document.querySelector('figure.press-listing pre'))"
    )
    page.keyboard.press("Control+C")
    code = page.locator("figure.press-listing pre").first.inner_text()
    assert page.evaluate("navigator.clipboard.readText()").strip() == code.strip()


# By day the pages that lost something once: statements with links, drawings without words.
@pytest.mark.parametrize(
    "stem",
    [
        pytest.param(stem, marks=[] if stem in READ_BY_DAY else pytest.mark.nightly)
        for stem in STEMS
    ],
)
def test_reader_mode_keeps_every_formula_and_figure(open_page: Opened, site, desk, stem) -> None:
    page = open_page(desk, "")
    page.add_script_tag(path=READER)
    for language in ("zh", "en"):
        before, after = page.evaluate(
            """(markup) => {
              const parse = (text) => new DOMParser().parseFromString(text, "text/html");
              const kinds = ["math", "svg", "table", "pre"];
              const count = (root) => kinds.map((kind) => root.querySelectorAll(kind).length);
              const page = parse(markup);
              const before = count(page.querySelector("article"));
              return [before, count(parse(new Readability(page).parse()?.content ?? ""))];
            }""",
            (site.folder / language / stem / "index.html").read_text("utf-8"),
        )
        assert sum(before) > 0
        assert after == before


# ------------------------------------------------------------------- focus after a link


def test_focus_and_an_announcement_go_to_the_page_that_came(open_page: Opened, desk) -> None:
    page = open_page(desk, "en/dot-product/")
    dressed(page)
    page.evaluate("window.still = true")
    assert page.evaluate("document.activeElement === document.body"), "the first page is left alone"
    expect(page.locator(".press-live")).to_be_empty()
    link = page.locator(".md-footer__link--next")
    link.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("h1#transpose")
    expect(page.locator("h1")).to_be_focused()
    expect(page.locator(".press-live")).to_have_text(page.title())
    assert page.evaluate("window.still"), "the page was loaded anew, not navigated instantly"
    there = page.locator("article p a[href*='/#']:not([href*='/transpose/'], .headerlink)").first
    anchor = there.get_attribute("href").partition("#")[2]
    there.focus()
    page.keyboard.press("Enter")
    expect(page.locator(f"#{anchor}")).to_be_focused()
    expect(page.locator(".press-live")).to_have_text(page.title())


# --------------------------------------------------------------------------- single keys


def test_single_keys_leave_controls_and_code_alone_and_can_be_switched_off(
    open_page: Opened, desk
) -> None:
    page = open_page(desk, "en/dot-product/")
    dressed(page)
    address = page.url.partition("#")[0]  # the theme tracks the section that is read
    search = page.locator("#__search")

    def nothing_happens(*keys: str) -> None:
        for key in keys:
            page.keyboard.press(key)
        page.wait_for_timeout(50)
        expect(search).not_to_be_checked()
        assert page.url.partition("#")[0] == address

    page.locator("#__palette_0").focus()
    nothing_happens("f", "s", "/", "n", "p", ".", ",")
    page.evaluate("""() => {
        const code = document.querySelector("pre");
        code.tabIndex = 0; // as one that scrolls
        code.focus();
    }""")
    nothing_happens("f", "n")
    page.evaluate("document.activeElement.blur()")
    page.evaluate("getSelection().collapse(document.querySelector('pre code'), 0)")
    nothing_happens("f", "n")
    page.evaluate("getSelection().removeAllRanges()")
    nothing_happens("Alt+f")
    page.keyboard.press("f")
    expect(search).to_be_checked()
    page.keyboard.press("Escape")
    expect(search).not_to_be_checked()
    box = page.get_by_label("Single keys")
    expect(box).to_be_checked()
    box.uncheck()
    page.evaluate("document.activeElement.blur()")
    nothing_happens("f", "n")
    page.reload()
    dressed(page)
    expect(page.get_by_label("Single keys")).not_to_be_checked()
    nothing_happens("f", "n")
    page.get_by_label("Single keys").check()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("n")
    page.wait_for_url("**/transpose/")
