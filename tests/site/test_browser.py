"""What a reader meets in a browser, on the built site, in both languages."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from accessibility import axe, load_axe
from held import Held
from languages import LANGUAGES, OTHER, by_day_in
from playwright.sync_api import Browser, Locator, Page, expect

from press.palette import DARK, LIGHT
from press.syntax.definitions import find_definition
from press.syntax.lab import read_lab

ROOT = Path(__file__).resolve().parents[2]
STEMS = sorted(path.stem for path in (ROOT / "docs/en").glob("*.md"))
STEMS += [f"labs/{path.stem}" for path in sorted((ROOT / "docs/labs").glob("*.py"))]
PAGES = [
    f"{language}/{'' if stem == 'index' else stem + '/'}"
    for language in LANGUAGES
    for stem in STEMS
]

every_page = pytest.mark.parametrize("path", PAGES)
# Where the words do not matter: twins have the same tags and classes.
every_other_page = pytest.mark.parametrize(
    "path", [page for i, page in enumerate(PAGES) if (i + i // len(STEMS)) % 2 == 0]
)

Opened = Callable[..., Page]


def leave_one_of_each_token(page: Page) -> None:
    """Turn coloured tokens of programs into plain text, but one of every kind in every place.

    A page has thousands of them, and axe looks at each. Those of one class that lie in elements
    of the same names and classes, and look alike, have one colour on one ground in any scheme.
    """
    page.evaluate(
        """() => {
          const kinds = new Map(), roads = new Map();
          const road = (node) => {
            if (!node) return "";
            if (!roads.has(node))
              roads.set(node, `${road(node.parentElement)} ${node.localName}.${node.className}`);
            return roads.get(node);
          };
          // Axe is not sure about single letters, signs, and what is scrolled out of sight.
          const right = (node) => node.getBoundingClientRect().right;
          const clear = (token) =>
            2 * (right(token) < right(token.closest("pre"))) + /\\w\\w/.test(token.textContent);
          for (const token of document.querySelectorAll(".highlight code span[class]")) {
            if (token.childElementCount || token.attributes.length > 1) continue;
            const { color, backgroundColor } = getComputedStyle(token);
            const kind = [road(token), color, backgroundColor].join();
            kinds.has(kind) || kinds.set(kind, []);
            kinds.get(kind).push([clear(token), token]);
          }
          for (const tokens of kinds.values()) {
            const best = Math.max(...tokens.map(([how]) => how));
            const kept = tokens.findIndex(([how]) => how === best);
            tokens.forEach(([, token], i) => i === kept || token.replaceWith(token.textContent));
          }
          for (const code of document.querySelectorAll(".highlight code")) code.normalize();
        }"""
    )


def settled(page: Page) -> None:
    """Wait until press.js has dressed the page and the fonts are there."""
    page.wait_for_selector("html.press-mathml")
    page.evaluate("() => document.fonts.ready")
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 60)))")


def unfold(page: Page) -> None:
    """Open the answers and the list of numbers, and have the whole page laid out."""
    page.keyboard.press("Tab")
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")


def wider_than_screen(page: Page) -> int:
    return int(
        page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    )


# ------------------------------------------------------------------ every page


WIDE_BY_NIGHT = ("zh/labs/scaling/", "en/attention/")
COLOURS = ("color-contrast", "link-in-text-block")  # the rules that depend on the scheme
SHOWN = ("scrollable-region-focusable", "aria-allowed-attr", "aria-allowed-role")  # on the toggle


# Short names in code that a table breaks.
TORN = """() => [...document.querySelectorAll(".press-rows td code")]
  .filter((code) => code.textContent.length < 9 && code.getClientRects().length > 1)
  .map((code) => code.textContent)"""
# Folded parts that show anything but a triangle, such as what the theme knows by their name.
UNLIKE_ANSWERS = """() => [...document.querySelectorAll("article details > summary")]
  .filter((summary) => [getComputedStyle(summary), getComputedStyle(summary, "::before")]
    .some((look) => look.backgroundColor !== "rgba(0, 0, 0, 0)" || look.maskImage !== "none"))
  .map((summary) => summary.textContent)"""


# Marks that begin a line and brackets that end one, beside a formula, with more room and with less.
PARTED = """() => {
  const found = new Set(), article = document.querySelector("article");
  const inline = ".press-formula:not(.press-math *, .press-wide)";
  for (let taken = 0; taken < 40; taken += 8) {
    article.style.paddingInlineEnd = `${taken}px`;
    for (const formula of article.querySelectorAll(inline)) {
      const groups = formula.querySelector("math").children, range = document.createRange();
      const { nextSibling: after, previousSibling: before } = formula;
      if (/^[,.;:!?)\\]’”，。、；：！？）】》」]/.test(after?.data ?? "")) {
        range.setStart(after, 0);
        range.setEnd(after, 1);
        const last = groups[groups.length - 1].getBoundingClientRect();
        const mark = range.getBoundingClientRect(), room = formula.closest("p, li, td, dd, div");
        const fits = last.width + mark.width < room.clientWidth;
        if (fits && mark.left < last.right - 4)
          found.add(formula.textContent + after.data[0]);
      }
      const bracket = before?.className === "press-keep" && before.getBoundingClientRect();
      if (bracket && groups[0].getBoundingClientRect().left < bracket.right - 4)
        found.add(before.textContent + formula.textContent);
    }
  }
  article.style.paddingInlineEnd = "";
  return [...found];
}"""
# Captions whose link and button are on two lines, or whose symbol is.
SPLIT = """() => [...document.querySelectorAll("figcaption")].filter((caption) => {
  if (!caption.querySelector(".press-copy")) return false;
  const range = document.createRange(), symbol = caption.querySelector(".press-name > span");
  const [link, button] = [":is(.press-entry, .press-download)", ".press-copy"].map((kind) =>
    caption.querySelector(kind)?.getBoundingClientRect());
  if (symbol) range.selectNodeContents(symbol);
  return (link && (link.bottom < button.top || button.bottom < link.top))
    || range.getClientRects().length > 1;
}).map((caption) => caption.textContent)"""
# What goes on at its side, and has no shade there.
UNSHADED = """() => [
    ...document.querySelectorAll(".press-table, div.press-math, .press-wide, article pre")]
  .filter((box) => box.scrollWidth > box.clientWidth + 1)
  .filter((box) => !getComputedStyle(box).backgroundImage.includes("gradient"))
  .map((box) => box.textContent)"""


def turn_dark(page: Page) -> None:
    """Choose the dark scheme, and show where all numbers come from."""
    page.emulate_media(color_scheme="dark")
    page.wait_for_selector("body[data-md-color-scheme=slate]")
    toggle = page.locator(".press-toggle")
    if toggle.count():
        toggle.dispatch_event("click")


# By day a sixth of the pages, by night all.
@pytest.mark.parametrize(
    "path",
    [
        pytest.param(page, marks=[] if (i + i // len(STEMS)) % 6 == 0 else pytest.mark.nightly)
        for i, page in enumerate(PAGES)
    ],
)
def test_every_page_fits_a_narrow_phone_and_axe_finds_nothing(
    open_page: Opened, phone, path
) -> None:
    # Translations have the same tags and classes, so each is looked at in one of the schemes.
    page = open_page(phone, path)
    settled(page)
    assert wider_than_screen(page) <= 0
    unfold(page)
    if path.startswith("en/"):
        turn_dark(page)
    settled(page)
    assert wider_than_screen(page) <= 0
    assert page.evaluate(TORN) == []
    assert page.evaluate(UNLIKE_ANSWERS) == []
    assert page.evaluate(PARTED) == []
    assert page.evaluate(SPLIT) == []
    assert page.evaluate(UNSHADED) == []
    leave_one_of_each_token(page)
    # What scrolls by itself can be reached with the keyboard: that is one of the rules.
    assert axe(page) == []


@pytest.mark.parametrize(
    "path",
    ["zh/", "en/claims/", *(pytest.param(p, marks=pytest.mark.nightly) for p in WIDE_BY_NIGHT)],
)
def test_axe_finds_nothing_on_a_wide_screen_in_either_scheme(open_page: Opened, desk, path) -> None:
    page = open_page(desk, path)
    settled(page)
    unfold(page)
    leave_one_of_each_token(page)
    assert axe(page) == []
    turn_dark(page)
    assert axe(page, *COLOURS, *SHOWN) == []


# Words of drawings that leave their picture, or meet; a box has some room above and below letters.
CROWDED = """(drawings) => {
  const found = [];
  for (const [name, drawing] of drawings) {
    const figure = document.createElement("figure");
    figure.className = "press-figure";
    figure.innerHTML = drawing;
    document.querySelector("article").replaceChildren(figure);
    const whole = figure.querySelector("svg").getBoundingClientRect();
    const words = [...figure.querySelectorAll("text")].map((text) =>
      [text.textContent, text.getBoundingClientRect()]);
    words.forEach(([word, box], i) => {
      const [aside, above] = [1, box.height / 6];
      if (box.left < whole.left - aside || box.right > whole.right + aside
          || box.top < whole.top - above || box.bottom > whole.bottom + above)
        found.push(`${name}: ${word} leaves it`);
      for (const [other, its] of words.slice(0, i)) {
        const across = Math.min(box.right, its.right) - Math.max(box.left, its.left);
        const down = Math.min(box.bottom, its.bottom) - Math.max(box.top, its.top);
        if (across > 1 && down > box.height / 2) found.push(`${name}: ${word} meets ${other}`);
      }
    });
  }
  return found;
}"""


def test_words_of_a_drawing_lie_within_it_and_apart(open_page: Opened, desk) -> None:
    figures = Path(__file__).resolve().parents[2] / "docs" / "figures"
    drawings = [
        (f"{file.parent.name}/{file.name}", file.read_text("utf-8"))
        for file in sorted(figures.glob("*/*.svg"))
    ]
    page = open_page(desk, "en/")
    settled(page)
    assert page.evaluate(CROWDED, drawings) == []
    name, drawing = next(d for d in drawings if ">softmax<" in d[1])
    longer = (name, drawing.replace(">softmax<", f">{'softmax' * 20}<"))
    twice = (name, re.sub("(<text.*>softmax</text>)", r"\1\1", drawing))
    found = "; ".join(page.evaluate(CROWDED, [longer, twice]))
    assert "softmax leaves it" in found
    assert "softmax meets softmax" in found


def test_axe_has_no_other_rules_about_colour(open_page: Opened, desk) -> None:
    page = open_page(desk, "en/")
    load_axe(page)
    rules = page.evaluate("axe.getRules(['cat.color'])")
    # The rules of the third level, AAA, are off if nobody asks for them.
    assert {rule["ruleId"] for rule in rules if "wcag2aaa" not in rule["tags"]} == set(COLOURS)


def test_axe_looks_when_nothing_fades_any_more(open_page: Opened, desk) -> None:
    page = open_page(desk, "en/nowhere", missing=True)
    words = page.locator("section:visible p").first
    words.evaluate("(p) => { p.style.opacity = 0.2; }")
    assert len(axe(page, "color-contrast")) == 1
    fade = "[{ opacity: 0.2 }, { opacity: 1 }]"
    words.evaluate(f"(p) => {{ p.style.opacity = 1; p.animate({fade}, 500); }}")
    assert axe(page, "color-contrast") == []


def test_axe_sees_a_faint_token_of_any_kind(open_page: Opened, desk) -> None:
    page = open_page(desk, "en/dot-product/")
    settled(page)
    tokens = page.locator(".highlight code span[class]")
    kinds = set(tokens.evaluate_all("all => all.map((token) => token.className)"))
    before = tokens.count()
    leave_one_of_each_token(page)
    assert len(kinds) > 4
    assert set(tokens.evaluate_all("all => all.map((token) => token.className)")) == kinds
    assert tokens.count() < before / 5
    page.add_style_tag(content=".highlight code span[class] { color: #ddd !important }")
    load_axe(page)
    faint = page.evaluate(
        """async () => (await axe.run(document, { runOnly: ["color-contrast"] })).violations
            .flatMap((violation) => violation.nodes.map((node) => node.html))"""
    )
    words = "all => all.map((token) => [token.className, token.textContent])"
    # Axe is not sure about single letters, and leaves signs alone.
    sure = {kind for kind, word in tokens.evaluate_all(words) if re.search(r"\w\w", word)}
    assert len(sure) > 4
    assert {kind for kind in sure if not any(f'class="{kind}"' in html for html in faint)} == set()


def test_axe_sees_a_faint_cell_of_a_table_on_a_phone(open_page: Opened, phone) -> None:
    page = open_page(phone, "en/transpose/")
    settled(page)
    page.add_style_tag(content=".press-rows td { color: #ccc !important }")
    page.evaluate(
        "document.querySelector('main').replaceChildren(document.querySelector('.press-table'))"
    )
    assert axe(page, "color-contrast") != []


@every_other_page
def test_a_page_reads_without_javascript(open_page: Opened, plain, path) -> None:
    page = open_page(plain, path)
    expect(page.locator("h1")).to_be_visible()
    assert page.locator(".md-content").inner_text().strip()
    for kind in ("figure.press-listing pre code", "figure.press-figure svg", "math"):
        if page.locator(f".md-content > article > {kind}").count():
            expect(page.locator(f".md-content > article > {kind}").first).to_be_visible()
    expect(page.locator(".press-tools")).to_be_hidden()
    provenance = page.locator("details.press-provenance")
    if provenance.count():
        provenance.locator("summary").click()
        expect(provenance.locator("li code").first).to_be_visible()


def test_names_of_numbers_break_between_their_words(open_page: Opened, desk) -> None:
    page = open_page(desk, "en/why-dot-product/")
    settled(page)
    broken = """() => [...document.querySelectorAll(".press-provenance code")].filter((code) => {
      const range = document.createRange();
      return [...code.childNodes].some((node) => {
        if (!node.data || !/^[\\w.]+$/.test(node.data)) return false;
        range.selectNodeContents(node);
        return range.getClientRects().length > 1;
      });
    }).map((code) => code.textContent)"""
    page.locator(".press-provenance > summary").click()
    names = page.locator(".press-provenance code")
    expect(names.locator("wbr").first).to_be_attached()
    assert page.evaluate(broken) == []
    assert "numpy.dot.well" in "".join(names.all_text_contents()), (
        "whoever copies one gets it whole"
    )


@every_page
def test_the_head_names_both_languages(site, path) -> None:
    text = (site.folder / path / "index.html").read_text("utf-8")
    language, _, rest = path.partition("/")
    base = re.search(r'<link rel="canonical" href="([^"]+)"', text)[1].removesuffix(path)
    links = dict(re.findall(r'<link rel="alternate ?" hreflang="([^"]+)" href="([^"]+)"', text))
    assert links == {
        "zh": f"{base}zh/{rest}",
        "en": f"{base}en/{rest}",
        "x-default": f"{base}en/{rest}" if rest else base,
    }
    assert re.search(r'<html lang="([a-z]+)', text)[1] == language
    sitemap = (site.folder / "sitemap.xml").read_text("utf-8")
    assert f"<loc>{base}{path}</loc>" in sitemap


# ------------------------------------------------------------- language switch


def headings(page: Page) -> list[str]:
    return page.eval_on_selector_all("article h2[id]", "all => all.map(h => h.id)")


@by_day_in("zh")
def test_the_switch_keeps_page_and_anchor(open_page: Opened, site, desk, language) -> None:
    other = OTHER[language]
    page = open_page(desk, f"{language}/dot-product/")
    anchor = headings(page)[-1]
    page.goto(f"{site.url}{language}/dot-product/#{anchor}")
    page.locator("a[data-press-language]").click()
    page.wait_for_url(f"{site.url}{other}/dot-product/#{anchor}")
    assert page.evaluate("document.documentElement.lang").startswith(other)


@by_day_in("en")
def test_the_switch_is_right_after_instant_navigation(
    open_page: Opened, site, desk, language
) -> None:
    other = OTHER[language]
    page = open_page(desk, f"{language}/dot-product/")
    settled(page)
    page.wait_for_load_state("networkidle")
    page.evaluate("window.still = true")
    page.locator(".md-nav--primary a[href$='/transpose/']").first.click()
    page.wait_for_url(f"{site.url}{language}/transpose/")
    page.wait_for_selector("h1#transpose")
    assert page.evaluate("window.still"), "the page was loaded anew, not navigated instantly"
    anchor = headings(page)[0]
    page.locator(f".md-sidebar--secondary a[href$='#{anchor}']").click()
    page.wait_for_url(f"{site.url}{language}/transpose/#{anchor}")
    page.locator("a[data-press-language]").click()
    page.wait_for_url(re.compile(f"{re.escape(site.url)}{other}/transpose/#.+"))
    assert page.evaluate("location.hash.slice(1)") in headings(page)


PAPER = {
    scheme: "rgb({}, {}, {})".format(*bytes.fromhex(palette["paper"][1:]))
    for scheme, palette in (("default", LIGHT), ("slate", DARK))
}
FORBIDDEN = """Object.defineProperty(window, "localStorage", {
  get() { throw new DOMException("forbidden", "SecurityError"); },
});"""


def has_colours(page: Page, scheme: str) -> bool:
    """Return whether a page, its ground and what the browser frames it with have a scheme."""
    told = """async () => {
      for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
      return [document.body.dataset.mdColorScheme,
        getComputedStyle(document.body).backgroundColor,
        document.querySelector("meta[name=theme-color]").content];
    }"""
    return bool(page.evaluate(told) == [scheme, PAPER[scheme], PAPER[scheme]])


@pytest.mark.parametrize("script", ["", FORBIDDEN], ids=["", "nothing can be stored"])
def test_a_dark_system_never_shows_a_light_page(fresh, site, script) -> None:
    page = fresh(color_scheme="dark")
    page.add_init_script(script)
    held = Held(page, "**/*.js")
    page.goto(site.url + "en/", wait_until="commit")
    page.wait_for_selector(".md-footer")
    assert has_colours(page, "slate"), "before any script has come"
    if not script:  # the theme's cannot do without storage
        held.release()
        page.wait_for_load_state()
    page.emulate_media(color_scheme="light")
    page.wait_for_selector("body[data-md-color-scheme=default]")
    assert has_colours(page, "default")


@pytest.mark.parametrize("script", ["", FORBIDDEN], ids=["", "nothing can be stored"])
def test_a_reader_chooses_the_colours(fresh, site, script) -> None:
    page = fresh(color_scheme="light")
    page.add_init_script(script)
    page.goto(site.url + "en/")
    button = page.locator(".md-header__option label:visible")
    for name, scheme in (("light", "default"), ("dark", "slate"), ("as the system", "default")):
        button.click()
        expect(button).to_have_attribute("title", f"Colours: {name}")
        expect(page.get_by_label(f"Colours: {name}", exact=True)).to_be_checked()
        assert has_colours(page, scheme)
    page.get_by_label("Colours: as the system").focus()
    page.keyboard.press("ArrowLeft")
    assert has_colours(page, "slate")


def test_chosen_colours_are_kept(fresh, site) -> None:
    page = fresh(color_scheme="light")
    page.goto(site.url + "en/")
    for _ in range(2):
        page.locator(".md-header__option label:visible").click()
    page.locator("article a[href$='/softmax/']").first.click()
    page.wait_for_selector("h1#softmax")
    assert has_colours(page, "slate"), "on the next page"
    page.goto(site.url + "zh/")
    assert has_colours(page, "slate"), "in the other language"
    scheme = "getComputedStyle(document.documentElement).colorScheme"
    assert page.evaluate(scheme) == "dark"
    page.emulate_media(media="print")
    assert page.evaluate(scheme) == "light", "on paper"


def test_a_page_that_comes_back_has_the_colours_that_were_chosen_meanwhile(fresh, site) -> None:
    page = fresh(color_scheme="light")
    page.goto(site.url + "en/")
    other = page.context.new_page()
    other.goto(site.url + "en/softmax/")
    other.get_by_label("Colours: as the system").focus()
    other.keyboard.press("ArrowLeft")
    assert has_colours(other, "slate")
    shown = "(persisted) => dispatchEvent(new PageTransitionEvent('pageshow', { persisted }))"
    page.evaluate(shown, False)
    assert has_colours(page, "default"), "a page that is loaded has asked already"
    page.evaluate(shown, True)
    assert has_colours(page, "slate")


def test_styles_are_read_once(fresh, site) -> None:
    page = fresh()
    held = Held(page, "**/bundle.*.js")
    page.goto(site.url + "en/softmax/", wait_until="commit")
    page.wait_for_selector(".md-footer")
    page.evaluate("window.sheet = document.styleSheets[0]")
    held.release()
    page.wait_for_load_state("networkidle")
    assert page.evaluate("window.sheet && window.sheet === document.styleSheets[0]")


def test_a_dictionary_is_loaded_for_titles_that_break_alone(fresh, site) -> None:
    page = fresh(viewport={"width": 1280, "height": 800})
    page.add_init_script(
        "const real = Intl.Segmenter; window.made = 0;"
        "Intl.Segmenter = function (...given) { window.made += 1; return new real(...given); };"
    )
    page.goto(site.url + "zh/softmax/")
    settled(page)
    assert page.evaluate("window.made") == 0
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate("window.made") == 1
    titles = page.locator("article :is(h1, h2, h3)")
    assert page.locator("article :is(h1, h2, h3).press-words").count() == titles.count()


@pytest.mark.parametrize(
    ("locale", "saved", "language"),
    [
        ("zh-CN", None, "zh"),
        ("en-GB", None, "en"),
        ("fr-FR", None, "en"),
        ("en-GB", "zh", "zh"),
        ("zh-TW", "en", "en"),
    ],
)
def test_the_root_page_picks_the_language(browser: Browser, site, locale, saved, language) -> None:
    context = browser.new_context(locale=locale)
    page = context.new_page()
    page.set_default_timeout(30_000)
    if saved:  # chosen once with the switch
        page.goto(f"{site.url}{OTHER[saved]}/")
        page.locator("a[data-press-language]").click()
        page.wait_for_url(f"{site.url}{saved}/")
    page.goto(site.url)
    page.wait_for_url(f"{site.url}{language}/")
    context.close()


def test_the_root_page_has_plain_links(open_page: Opened, plain) -> None:
    page = open_page(plain, "")
    assert page.locator("main a").evaluate_all("all => all.map(a => a.getAttribute('href'))") == [
        "zh/",
        "en/",
    ]


@pytest.mark.parametrize("path", ["zh/nowhere/", "en/dot-product/nowhere", "nowhere"])
def test_the_missing_page_speaks_the_language_of_its_path(
    open_page: Opened, desk, plain, path
) -> None:
    page = open_page(desk, path, missing=True)
    chinese, english = page.locator("section:lang(zh)"), page.locator("section:lang(en)")
    expect(chinese).to_be_visible(visible=not path.startswith("en/"))
    expect(english).to_be_visible(visible=not path.startswith("zh/"))
    assert axe(page) == []
    page.locator("section:visible a").first.click()
    page.wait_for_selector(".md-content")
    without_scripts = open_page(plain, path, missing=True)
    expect(without_scripts.locator("section:lang(zh)")).to_be_visible()
    expect(without_scripts.locator("section:lang(en)")).to_be_visible()


# ------------------------------------------------------------- checked numbers


def listed(page: Page, number: Locator) -> str:
    """Return the expression of a number, as the list at the end of the page has it."""
    link = page.locator(f".press-provenance a[href$='#{number.get_attribute('id')}']")
    return link.locator("xpath=..").locator("code").text_content()


@by_day_in("zh")
def test_one_button_shows_where_all_numbers_come_from(open_page: Opened, desk, language) -> None:
    page = open_page(desk, f"{language}/dot-product/")
    settled(page)
    button = page.get_by_role(
        "button", name={"zh": "显示数字的来源", "en": "Show where numbers come from"}[language]
    )
    expect(button).to_have_attribute("aria-pressed", "false")
    behind = "(n) => getComputedStyle(n, '::after').content"
    number = page.locator("article > p .press-number").first
    assert number.evaluate(behind) == "none"
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-pressed", "true")
    expression = listed(page, number)
    assert number.evaluate(behind).strip('"').replace('\\"', '"') == expression
    page.keyboard.press("Space")
    expect(button).to_have_attribute("aria-pressed", "false")
    tab_stops = "all => all.filter(n => n.tabIndex >= 0).length"
    assert page.locator("[data-expression]").evaluate_all(tab_stops) == 0


@by_day_in("en")
def test_the_button_works_after_instant_navigation(open_page: Opened, site, desk, language) -> None:
    page = open_page(desk, f"{language}/dot-product/")
    settled(page)
    page.wait_for_load_state("networkidle")
    page.locator(".md-nav--primary a[href$='/attention/']").first.click()
    page.wait_for_selector("h1#attention")
    page.locator(".press-toggle").click()
    expect(page.locator(".press-toggle")).to_have_attribute("aria-pressed", "true")
    number = page.locator("article .press-number").first
    assert number.evaluate("(n) => getComputedStyle(n, '::after').content") != "none"
    # In a formula, every value has the expression that the list names for it.
    told = "all => all.map((n) => [n.closest('.press-formula').id, n.dataset.expression])"
    values = page.locator(".press-value").evaluate_all(told)
    rows = page.locator(".press-provenance li:has(a[href*='#formula'])")
    told = "all => all.map((n) => [n.firstChild.hash.slice(1), n.lastChild.textContent])"
    assert values == [row for row in rows.evaluate_all(told) if row in values]
    assert len(values) > len(dict(values)) > 1


def test_pointing_at_a_number_shows_its_expression(open_page: Opened, desk) -> None:
    page = open_page(desk, "en/dot-product/")
    settled(page)
    number = page.locator("article > p .press-number").first
    number.scroll_into_view_if_needed()
    page.wait_for_timeout(150)
    number.hover()
    tip = page.get_by_role("tooltip")
    expect(tip).to_have_text(listed(page, number))
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()


def test_a_tap_shows_an_expression_and_the_next_hides_it(open_page: Opened, phone) -> None:
    page = open_page(phone, "zh/dot-product/")
    settled(page)
    number = page.locator("article > p .press-number").first
    number.scroll_into_view_if_needed()
    page.wait_for_timeout(150)
    number.tap()
    tip = page.get_by_role("tooltip")
    expect(tip).to_have_text(listed(page, number))
    box = tip.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 320
    number.tap()
    expect(tip).to_be_hidden()


# -------------------------------------------------------------- copying, maths


@by_day_in("zh")
def test_copy_gives_the_exact_listing(open_page: Opened, desk, language) -> None:
    page = open_page(desk, f"{language}/dot-product/")
    settled(page)
    unfold(page)
    figures = page.locator("figure.press-listing")
    assert figures.count()
    for figure in figures.all():
        name = figure.locator(".press-name").inner_text()
        figure.locator(".press-copy").click()
        expect(figure.locator(".press-copy[data-done]")).to_have_text(
            {"zh": "已复制", "en": "Copied"}[language]
        )
        expect(page.locator(".press-live")).to_have_text({"zh": "已复制", "en": "Copied"}[language])
        copied = page.evaluate("navigator.clipboard.readText()")
        assert copied == (ROOT / "docs/listings" / name).read_text("utf-8"), name
        page.evaluate("navigator.clipboard.writeText('')")
    for figure in page.locator("figure.press-source").all():
        expect(figure.locator(".press-copy")).to_have_count(1)
        module, _, symbol = figure.locator(".press-name").inner_text().rpartition(".")
        figure.locator(".press-copy").click()
        expect(figure.locator(".press-copy[data-done]")).to_have_count(1)
        copied = page.evaluate("navigator.clipboard.readText()")
        assert copied == find_definition(ROOT / "src", module, symbol).text + "\n", symbol


@by_day_in("en")
def test_a_docstring_is_folded_on_screen_and_whole_on_paper(
    open_page: Opened, desk, language
) -> None:
    page = open_page(desk, f"{language}/softmax/")
    folded = page.locator("figure.press-source details.press-docstring").first
    inside = folded.locator("pre")
    expect(inside).to_be_hidden()
    page.emulate_media(media="print")
    expect(inside).to_be_visible()
    expect(folded.locator("summary")).to_be_hidden()
    page.emulate_media(media="screen")
    folded.locator("summary").click()
    expect(inside).to_be_visible()
    assert "Args:" in inside.inner_text()


@by_day_in("zh")
def test_a_download_is_the_listing(open_page: Opened, site, desk, language) -> None:
    page = open_page(desk, f"{language}/dot-product/")
    for link in page.locator("a.press-download").all():
        href = link.evaluate("(a) => a.href").removeprefix(site.url)
        name = link.locator("xpath=..").locator(".press-name").text_content()
        assert (site.folder / href).read_bytes() == (ROOT / "docs/listings" / name).read_bytes()


def test_a_chinese_heading_breaks_between_words(open_page: Opened, phone) -> None:
    page = open_page(phone, "zh/qkv/")
    settled(page)
    lines = page.evaluate(
        """() => {
          const lines = new Map();
          for (const text of document.querySelector("h1").childNodes) {
            for (let i = 0; text.nodeType === Node.TEXT_NODE && i < text.length; i++) {
              const range = new Range();
              range.setStart(text, i);
              range.setEnd(text, i + 1);
              const { top } = range.getBoundingClientRect();
              lines.set(top, (lines.get(top) ?? "") + text.data[i]);
            }
          }
          return [...lines.values()];
        }"""
    )
    assert len(lines) > 1, "this title is longer than the screen is wide"
    assert any("什么" in line for line in lines), lines
    assert any("哪里" in line for line in lines), lines


# In Firefox the box of an inline formula is as high as a line, whatever stands in it.
AS_HIGH_AS_A_LINE = """
  const low = (node, box) =>
    node.localName === "math" ? new DOMRect(box.x, box.y, box.width, 11) : box;
  const measured = Element.prototype.getBoundingClientRect;
  Element.prototype.getBoundingClientRect = function () { return low(this, measured.call(this)); };
  const entry = IntersectionObserverEntry.prototype;
  const observed = Object.getOwnPropertyDescriptor(entry, "boundingClientRect").get;
  Object.defineProperty(entry, "boundingClientRect", {
    get() { return low(this.target, observed.call(this)); },
  });
"""


def test_formulas_have_their_own_font_and_fall_back_to_tex(open_page: Opened, desk) -> None:
    page = open_page(desk, "zh/dot-product/")
    page.add_init_script(AS_HIGH_AS_A_LINE)
    page.reload()
    settled(page)
    assert page.evaluate("document.fonts.check('16px \"STIX Two Math\"')")
    formula = page.locator(".press-formula").first
    expect(formula.locator("math")).to_be_visible()
    page.evaluate("document.documentElement.classList.add('press-no-mathml')")
    kinds = {
        ".press-formula:not([data-tex]):has(.press-tex)": [False, True],  # its words are its TeX
        ".press-formula:not([data-tex], :has(.press-tex))": [True],  # and all that it shows
        ".press-formula[data-tex]": [False],
    }
    for kind, shown in kinds.items():
        formula = page.locator(kind).first
        seen = "(f) => ['math', '.press-tex'].map((n) => f.querySelector(n)?.checkVisibility())"
        assert [one for one in formula.evaluate(seen) if one is not None][: len(shown)] == shown
    shown = formula.evaluate("(f) => getComputedStyle(f, '::before').content")
    assert shown.strip('"').replace("\\\\", "\\") == formula.get_attribute("data-tex")


def test_the_font_subset_is_small(site) -> None:
    font = site.folder / "zh/assets/fonts/stix-two-math.woff2"
    assert font.stat().st_size < 20_000
    assert (font.parent / "OFL.txt").is_file()


# ------------------------------------------------------------------------ labs


@by_day_in("en")
def test_a_lab_copies_its_cells_and_keeps_its_place(
    open_page: Opened, site, desk, language
) -> None:
    page = open_page(desk, f"{language}/labs/scaling/")
    settled(page)
    figures = page.locator("figure.press-listing")
    cells = read_lab(ROOT / "docs/labs/scaling.py").code_cells
    assert figures.count() == len(cells)
    figures.first.locator(".press-copy").click()
    expect(figures.first.locator(".press-copy[data-done]")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == cells[0].source + "\n"
    anchor = headings(page)[-1]
    page.goto(f"{site.url}{language}/labs/scaling/#{anchor}")
    page.locator("a[data-press-language]").click()
    page.wait_for_url(f"{site.url}{OTHER[language]}/labs/scaling/#{anchor}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_figures_of_a_lab_have_the_colours_of_the_page(open_page: Opened, desk, scheme) -> None:
    page = open_page(desk, "en/labs/scaling/")
    page.emulate_media(color_scheme=scheme)
    settled(page)
    drawing = page.locator(".press-drawing svg").first
    ink = page.evaluate("getComputedStyle(document.querySelector('article h2')).color")
    colours = (
        "(svg, of) => [...svg.querySelectorAll('use, path')].map((n) => getComputedStyle(n)[of])"
    )
    assert ink in drawing.evaluate(colours, "fill"), "words"
    assert ink in drawing.evaluate(colours, "stroke"), "axes"
    first = {"light": "rgb(31, 102, 168)", "dark": "rgb(127, 181, 234)"}[scheme]
    assert first in drawing.evaluate(colours, "stroke")
    assert drawing.evaluate("(svg) => getComputedStyle(svg).backgroundColor") == "rgba(0, 0, 0, 0)"
