"""Figures that readers change, in a browser: a new one is tested by being there.

Opening a page costs more than operating a figure. So all figures, cut out of the built pages,
stand on one page; by night each is also operated where it is.
"""

import re
import shutil
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from gzip import compress
from pathlib import Path
from typing import Any

import pytest
from accessibility import axe
from held import Held
from languages import OTHER, by_day_in, every_language
from playwright.sync_api import BrowserContext, Page, expect

import attention  # noqa: F401 - the figures' cases import it, and so these tests depend on it
from press.check.numerals import bare_numerals
from press.execute.cases import names_in_state, states_of
from press.execute.evaluator import SAFE_BUILTINS, encode, warm_up
from press.project import Project
from press.render.bundles import bundles_of
from press.syntax.recognise import recognise
from press.syntax.states import Schema, read_schema
from press.syntax.woven import Interactive
from press.values.literal import Number, parse_number

ROOT = Path(__file__).resolve().parents[2]
PROJECT = Project.load(ROOT)
FIGURE = ".press-interactive"
STATES = 50  # whose displays are compared, in each language
# The shared file holds lit-html, half of it, and all controls and drawing: a figure is the smaller.
SHARED_LIMIT, FIGURE_LIMIT, DATA_LIMIT = 8000, 3072, 4096  # bytes, compressed
# Where more is unavoidable: five steps are written out here, and for each a mistake is told of.
MORE = {"attention/formula": 896}
HTML = "text/html; charset=utf-8"
FRAME_MS, THROTTLED = 8, 4  # how long a picture may take, on a machine so many times slower
NARROW, WIDE = 288, 540  # pixels: on the narrowest phone, and on a laptop
FIRST_WIDE = 552  # the narrowest window in which a figure has parts side by side
NEAR = Fraction(1, 10**9)  # nearer to where rounding turns, either neighbour is right


@dataclass(frozen=True)
class Shown:
    """A figure, and a page that shows it."""

    item: Interactive
    page: str

    def __str__(self) -> str:
        return self.item.name

    @property
    def folder(self) -> Path:
        return PROJECT.interactive / self.item.name

    @property
    def schema(self) -> Schema:
        return read_schema(self.folder / "state.toml")

    @property
    def module(self) -> str:
        """What the name of its script begins with."""
        return self.item.name.replace("/", "-") + "-"

    @property
    def query(self) -> str:
        """The name of its state in an address."""
        return self.folder.name

    def path(self, language: str, state: str = "") -> str:
        page = "" if self.page == "index" else f"{self.page}/"
        return f"{language}/{page}" + (f"?{self.query}={state}" if state else "")


def shown_figures() -> list[Shown]:
    """Return every figure, on the first page that shows it."""
    found: dict[str, Shown] = {}
    for page in sorted((PROJECT.docs / "en").glob("*.md")):
        for item in recognise(page.read_text("utf-8")).items:
            if isinstance(item, Interactive):
                found.setdefault(item.name, Shown(item, page.stem))
    return list(found.values())


FIGURES = shown_figures()
every_figure = pytest.mark.parametrize("figure", FIGURES, ids=str)
Opened = Callable[..., Page]
Together = Callable[[BrowserContext, str], Page]


def test_every_figure_is_shown() -> None:
    assert sorted(figure.item.name for figure in FIGURES) == PROJECT.interactives


def test_an_address_tells_figures_and_the_search_apart() -> None:
    queries = [figure.query for figure in FIGURES]
    assert len(set(queries)) == len(queries), queries
    assert "q" not in queries, "press.js takes it for a search"


# ------------------------------------------------------------------- a page with its figure


@pytest.fixture
def open_figure(site) -> Iterator[Opened]:
    """Open a page and go to its figure; no script may fail meanwhile."""
    pages: list[Page] = []
    problems: list[str] = []

    def open_(
        context: BrowserContext, figure: Shown, language: str, state: str = "", live: bool = True
    ) -> Page:
        page = context.new_page()
        pages.append(page)
        page.set_default_timeout(30_000)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.goto(site.url + figure.path(language, state))
        if live:
            of(page, figure).scroll_into_view_if_needed()
            expect(of(page, figure).locator(".press-stage")).to_be_visible()
        return page

    yield open_
    for page in pages:
        page.close()
    assert not problems, "\n".join(problems)


def of(page: Page, figure: Shown) -> Any:
    """Return the element of a figure."""
    return page.locator(f"figure[data-module^='{figure.module}']")


def markup(site: Any, figure: Shown, language: str) -> str:
    """Return what a built page says of a figure; its ids are those of no other figure."""
    text = (site.folder / figure.path(language) / "index.html").read_text("utf-8")
    end = text.index("</figure>", text.index(f'data-module="{figure.module}')) + len("</figure>")
    inner = text[text.rindex("<figure", 0, end) : end]
    return re.sub(r'(?<= id=")', f"{figure.query}-", inner)


@pytest.fixture(scope="module")
def gathered() -> Iterator[dict[tuple[int, str], tuple[str, Page, list[str]]]]:
    """Pages that hold all figures: their text, and which scripts failed there."""
    pages: dict[tuple[int, str], tuple[str, Page, list[str]]] = {}
    yield pages
    for _, page, _ in pages.values():
        page.close()


@pytest.fixture
def together(site, gathered) -> Iterator[Together]:
    """Show all figures on one page, each as readers meet it; none of their scripts may fail."""
    shown: list[list[str]] = []

    def together_(context: BrowserContext, language: str, states: str = "") -> Page:
        # Read for each test: it depends on all these pages.
        around = (site.folder / FIGURES[-1].path(language) / "index.html").read_text("utf-8")
        figures = "".join(markup(site, figure, language) for figure in FIGURES)
        start = re.search("<article.*?>", around).end()
        text = around[:start] + figures + around[around.index("</article>") :]
        text, key = f"{text}<!-- {states} -->", (id(context), language)
        if key in gathered and gathered[key][0] != text:
            gathered.pop(key)[1].close()
        if key not in gathered:
            page = context.new_page()
            page.set_default_timeout(30_000)
            problems: list[str] = []
            page.on("pageerror", lambda error: problems.append(str(error)))
            address = f"{site.url}{language}/figures/"
            page.route(address + "*", lambda route: route.fulfill(body=text, content_type=HTML))
            page.goto(address + states)
            gathered[key] = text, page, problems
        shown.append(gathered[key][2])
        return gathered[key][1]

    yield together_
    assert not [problem for problems in shown for problem in problems]


def all_live(page: Page) -> None:
    """Wait until each figure has taken the place of its still, as they come near the screen."""
    for figure in FIGURES:
        of(page, figure).scroll_into_view_if_needed()
        expect(of(page, figure).locator(".press-stage")).to_be_visible()


# ------------------------------------------------------------------------ what it shows

SHOW = """async ([module, query, states]) => {
  // Each state as if somebody opened its address: what is shown, and what no number accounts for.
  const script = await import(module);
  const found = [];
  for (const [state, width] of states) {
    const address = new URL(location.href);
    address.search = state ? `?${query}=${state}` : "";
    history.replaceState(history.state, "", address);
    document.body.innerHTML = `<figure class="press-figure press-interactive">
      <div class="press-drawing" style="width: ${width}px"></div></figure>`;
    const host = document.body.firstChild;
    script.default(host, () => {});
    const rest = host.querySelector(".press-stage");
    const numbers = [...rest.querySelectorAll("[data-expression]")];
    const pairs = numbers.map((one) => [one.dataset.expression, one.textContent]);
    for (const one of numbers) one.remove();
    for (const one of rest.querySelectorAll("output, option, .fig-tick")) one.remove();
    const read = [...rest.querySelectorAll("[aria-label]")].map((one) => one.ariaLabel);
    found.push([pairs, [rest.textContent, ...read].join("\\n")]);
  }
  return found;
}"""


def still_of(figure: Shown) -> str:
    return PROJECT.figure(figure.item.path).read_text("utf-8")


@pytest.fixture(scope="module")
def bare(site, desk) -> Iterator[Page]:
    """An empty page, without the site's scripts, to put a figure on."""
    page = desk.new_page()
    page.route("**/bare/", lambda route: route.fulfill(body="<!doctype html>", content_type=HTML))
    page.goto(site.url + "bare/")
    yield page
    page.close()


@every_figure
def test_each_number_shown_is_the_value_of_its_expression_and_the_still_shows_the_first(
    site, bare, figure
) -> None:
    states = [figure.schema.write(state) for state in states_of(figure.folder, STATES)]
    states += re.findall('data-state="(.*?)"', markup(site, figure, "en"))
    assert len(states) > STATES + len(figure.item.prompts)
    wild = hostile(figure.schema)
    tried = [(state, WIDE if i % 2 else NARROW) for i, state in enumerate(states)]
    tried += [(state, WIDE) for state in (*wild, *wild.values())]

    def shown(language: str) -> list[Any]:
        name = bundles_of(PROJECT, language).entries[figure.item.name]
        module = f"{site.url}{language}/assets/interactive/{name}"
        return list(bare.evaluate(SHOW, [module, figure.query, tried]))

    found, in_chinese = shown("en"), shown("zh")
    for (numbers, _), (others, rest) in zip(found, in_chinese, strict=True):
        assert Counter(map(tuple, numbers)) == Counter(map(tuple, others))  # the words differ alone
        assert not list(bare_numerals(rest, PROJECT.exemptions)), rest
    drawn = re.findall(r"<text(?![^>]*fig-tick)[^>]*>([^<]*\d[^<]*)</text>", still_of(figure))
    assert drawn, "a still holds numbers"
    assert set(drawn) <= {text for _, text in found[0][0]}, "the first state"
    as_read, meant = found[len(states) :][: len(wild)], found[len(states) :][len(wild) :]
    assert as_read == meant, "limits hold, and nonsense changes nothing"
    warm_up()
    for state, (numbers, rest) in zip(states, found, strict=False):
        assert not list(bare_numerals(rest, PROJECT.exemptions)), (state, rest)
        assert numbers, state
        names = names_in_state(figure.folder, state) | {"__builtins__": SAFE_BUILTINS}
        for expression, text in set(map(tuple, numbers)):
            value = eval(compiled(expression), names)
            assert is_shown(text, value), f"{text} for {expression}, {value!r}, in {state!r}"
            if re.match(r"softmax|weights\[", expression) and "@" not in expression:
                assert value == 0 or set(text) - {*"0."}, f"{expression} is not zero in {state!r}"


@cache
def compiled(expression: str) -> Any:
    return compile(expression, "<figure>", "eval")


def hostile(schema: Schema) -> dict[str, str]:
    """Return states that nobody should write, and for each the one that it must be read as."""
    nonsense = [f"{name}:<img src=x onerror=throw(x)>" for name in ("constructor", "__proto__")]
    sizes = dict[str, int]()  # how many numbers a value consists of
    for name, kind in schema.kinds.items():
        if kind["kind"] in ("number", "vector"):
            sizes[name] = len(kind["start"]) if isinstance(kind["start"], list) else 1
        nonsense.append(f"{name}:" + ",".join(["NaN"] * sizes.get(name, 1)))
    found = {";".join(nonsense): ""}
    for huge, limit in (("1e30", "to"), ("-1e30", "from")):
        far = {name: [schema.kinds[name][limit]] * size for name, size in sizes.items()}
        state = schema.start | {
            name: value if schema.kinds[name]["kind"] == "vector" else value[0]
            for name, value in far.items()
        }
        beyond = (f"{name}:" + ",".join([huge] * size) for name, size in sizes.items())
        found[";".join(beyond)] = schema.write(state)
    return found


def is_shown(text: str, value: Any) -> bool:
    """Return whether a text states a value, by the rule of checked numbers."""
    if text in ("∞", "−∞"):
        return float(value) == float(text.replace("−", "-").replace("∞", "inf"))
    literal, exact = parse_number(text), Fraction(encode(value))
    return isinstance(literal, Number) and any(
        literal.states(exact + shift) for shift in (0, NEAR, -NEAR)
    )


# ------------------------------------------------------------------------- as a reader

# By day in one language, on one page; by night in both, where each figure stands.
in_turn = pytest.mark.parametrize(
    ("language", "alone"),
    [("en", False), *(pytest.param(la, True, marks=pytest.mark.nightly) for la in OTHER)],
)


@in_turn
@every_figure
def test_the_keyboard_and_a_screen_reader_are_enough(
    open_figure, together, desk, figure, language, alone
) -> None:
    page = open_figure(desk, figure, language) if alone else together(desk, language)
    host = of(page, figure)
    prompt = figure.item.prompts[0].state
    host.scroll_into_view_if_needed()
    status, attempt = host.locator(".press-status"), host.locator(".press-try").first
    expect(status).to_be_visible()
    before = status.inner_text()
    attempt.focus()
    page.keyboard.press("Enter")
    expect(status).not_to_have_text(before)
    told = " ".join(status.inner_text().split())
    expect(page.locator(".press-live").first).to_have_text(told)
    page.wait_for_function("(query) => location.search === query", arg=f"?{figure.query}={prompt}")
    # The picture is not read aloud; its values stand in a table.
    assert host.locator("svg.press-picture:not([aria-hidden=true])").count() == 0
    host.locator(".press-values summary").focus()
    page.keyboard.press("Enter")
    expect(host.get_by_role("table").last).to_be_visible()
    assert host.locator(".press-values [data-expression]").count() > 0
    # Another language shows the same state.
    switch = page.locator("a[data-press-language]")
    switch.focus()
    assert switch.get_attribute("href").split("#")[0].endswith(f"/?{figure.query}={prompt}")
    if alone:
        switch.click()
        page.wait_for_url(re.compile(rf"/{OTHER[language]}/.*\?{re.escape(figure.query)}="))
        host.scroll_into_view_if_needed()
    # And from the start again.
    again = host.locator(".press-again")
    expect(again).to_be_enabled()
    again.focus()
    page.keyboard.press("Enter")
    page.wait_for_function("location.search === ''")


STOPS = """(host) => [...host.querySelectorAll(".press-stage :is(button, input, select, summary)")]
  .filter((one) => one.tabIndex >= 0 && !one.disabled && !(one.type === "radio" && !one.checked))
  .length"""
MOST_STOPS = 12  # a key for each is as much as one goes through


@every_figure
def test_a_matrix_is_one_stop_of_the_keyboard(together, desk, figure) -> None:
    page = together(desk, "en")
    of(page, figure).scroll_into_view_if_needed()
    expect(of(page, figure).locator(".press-stage")).to_be_visible()
    assert of(page, figure).evaluate(STOPS) <= MOST_STOPS


def named(name: str) -> Shown:
    return next(figure for figure in FIGURES if figure.item.name == name)


FOCUSED = """[document.activeElement.ariaLabel,
  getComputedStyle(document.activeElement).outlineStyle]"""


def test_arrow_keys_go_through_the_cells_of_a_mask(together, desk) -> None:
    page, figure = together(desk, "en"), named("masking/mask")
    host, press = of(page, figure), page.keyboard.press
    host.scroll_into_view_if_needed()
    hint = host.locator(".press-arrows")
    host.get_by_role("radio", name="before softmax").focus()
    expect(hint).to_have_css("clip-path", "inset(50%)")  # whoever points needs no arrow keys
    press("Tab")
    expect(hint).to_have_css("clip-path", "none")
    grid = host.get_by_role("grid", name="Row sees column: press a cell (arrow keys move)")
    expect(grid.get_by_role("button")).to_have_count(36)
    assert page.evaluate(FOCUSED) == ["a may see a", "solid"]
    went = []
    for key in ("ArrowRight", "ArrowDown", "End", "ArrowRight", "ArrowUp", "Home", "ArrowLeft"):
        press(key)
        went.append(page.evaluate("document.activeElement.ariaLabel").replace(" may see ", ""))
    assert went == ["ab", "bb", "bf", "ca", "ba", "ba", "af"]
    press("Space")
    expect(grid.get_by_role("button", name="a may see f")).to_have_attribute("aria-pressed", "true")
    expected = f"?mask=flipped:000001{'0' * 30}"
    page.wait_for_function("(query) => location.search === query", arg=expected)
    press("ArrowRight")
    press("Tab")
    expect(host.get_by_role("combobox", name="Rule", exact=True)).to_be_focused()
    press("Shift+Tab")  # where it was left
    assert page.evaluate("document.activeElement.ariaLabel") == "b may see a"
    host.locator(".press-again").click()
    page.wait_for_function("location.search === ''")


TWICE = """(host) => {
  const entries = [...host.querySelectorAll(".press-typed")].slice(0, 2);
  for (const entry of entries) {
    entry.value = "8";
    entry.dispatchEvent(new Event("input"));
  }
}"""


def test_two_changes_before_a_picture_is_drawn_are_both_kept(together, desk) -> None:
    page, figure = together(desk, "en"), named("attention/formula")
    host = of(page, figure)
    host.scroll_into_view_if_needed()
    expect(host.locator(".press-stage")).to_be_visible()
    host.evaluate(TWICE)
    expected = "?formula=k:8,0,1,0,8,1,0,2,1,1,0,0"
    page.wait_for_function("(query) => location.search === query", arg=expected)
    host.locator(".press-again").click()
    page.wait_for_function("location.search === ''")


def test_back_within_a_page_brings_the_state_of_the_address(site, bare) -> None:
    page, figure = bare, named("index/mix")
    name = bundles_of(PROJECT, "en").entries[figure.item.name]
    page.evaluate(
        """async (module) => {
          history.replaceState(null, "", location.pathname);
          document.body.innerHTML = `<figure class="press-figure press-interactive">
            <div class="press-drawing" style="width: 600px"></div></figure>`;
          (await import(module)).default(document.body.firstChild, () => {});
        }""",
        f"{site.url}en/assets/interactive/{name}",
    )
    again, changed = page.locator(".press-again"), "location.search !== ''"
    page.locator("input[type=range]").first.press("ArrowRight")
    page.evaluate("location.hash = 'elsewhere'")  # before the address is told: nothing is lost
    page.wait_for_function(changed)
    expect(again).to_be_enabled()
    page.go_back()
    assert not page.evaluate(changed)
    expect(again).to_be_disabled()
    page.go_forward()
    assert page.evaluate(changed)
    expect(again).to_be_enabled()


def test_a_number_is_typed_and_a_cell_chosen(together, desk) -> None:
    page, figure = together(desk, "en"), named("attention/formula")
    host, press = of(page, figure), page.keyboard.press
    host.scroll_into_view_if_needed()
    entries = host.locator(".press-typed")
    entry, chosen = entries.first, host.locator(".press-cell input:checked")
    entry.click()
    page.keyboard.type("-")  # no number yet, and no reason to take it away
    page.keyboard.type("0")  # no more is this: where steps are smaller, -0.5 begins so
    page.wait_for_timeout(60)
    page.keyboard.type("3")
    expect(entry).to_have_value("-3")
    entry.click()
    page.keyboard.type("7")  # in place of the number that was there
    expect(entry).to_have_value("7")
    page.keyboard.type("7")
    expect(entry).to_have_value("9")
    press("Backspace")
    press("ArrowRight")
    expect(entry).to_have_value("9")
    press("ArrowDown")  # the next in its row, lower by one
    expect(entries.nth(1)).to_have_value("-1")
    for _ in range(3):
        press("ArrowRight")  # on to the next row, and its second
    press("5")  # in place of what stands there
    press("Tab")  # Q has a stop of its own
    expect(entries.nth(12)).to_be_focused()
    press("Tab")
    expect(chosen).to_be_focused()
    press("ArrowDown")
    press("ArrowRight")
    expect(host.get_by_role("radio", name="scores: second row, second column 16")).to_be_checked()
    expected = "?formula=k:9,0,1,0,-1,5,0,2,1,1,0,0;row:1;column:1"
    page.wait_for_function("(query) => location.search === query", arg=expected)
    host.locator(".press-again").click()
    page.wait_for_function("location.search === ''")


# How long a picture takes to be drawn anew, in milliseconds: the least of many.
REDRAW = """async (host) => {
  const ask = window.requestAnimationFrame;
  let [least, waiting] = [Infinity, false];
  window.requestAnimationFrame = (draw) => {
    if (!waiting) return ask(draw); // the first that is asked for draws, others scroll
    waiting = false;
    return ask((time) => {
      const start = performance.now();
      draw(time);
      least = Math.min(least, performance.now() - start);
    });
  };
  const buttons = [...host.querySelectorAll(".press-try"), host.querySelector(".press-again")];
  for (let round = 0; round < 3; round += 1)
    for (const button of buttons) {
      waiting = true;
      button.click();
      await new Promise((done) => ask(() => ask(done)));
    }
  window.requestAnimationFrame = ask;
  return least;
}"""


def test_a_picture_is_drawn_anew_within_a_frame(together, desk, slowness) -> None:
    page = together(desk, "en")
    all_live(page)
    for figure in FIGURES:
        took = of(page, figure).evaluate(REDRAW)
        assert took <= FRAME_MS / THROTTLED * slowness, figure
    page.wait_for_function("location.search === ''")  # each began again last


# What is too small for a finger: a grip needs 44 pixels, everything else 24.
SMALL = """() => {
  const found = [];
  const controls = ".press-stage :is(button, input, select, summary), .press-try, .press-grip-room";
  for (const one of document.querySelectorAll(controls)) {
    if (!one.checkVisibility()) continue;
    const inLabel = one.matches("input[type=radio], input[type=checkbox]");
    const { width, height } = (inLabel ? one.closest("label") : one).getBoundingClientRect();
    const least = one.matches(".press-grip-room") ? 44 : 24;
    const short = Math.min(width, height) < least - 0.01; // a browser rounds
    if (short) found.push(`${one.outerHTML}: ${width} × ${height}`);
  }
  return found;
}"""


# What is under way in figures once their states have changed: nothing may be, under reduced motion.
MOVING = """async () => {
  for (const button of document.querySelectorAll(".press-again")) button.click();
  for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
  return document.querySelector("article").getAnimations({ subtree: true })
    .map((one) => one.transitionProperty ?? one.animationName);
}"""


@by_day_in("zh")
def test_a_narrow_phone_has_room_and_axe_finds_nothing(together, phone, language) -> None:
    states = "&".join(f"{f.query}={f.item.prompts[-1].state}" for f in FIGURES)
    page = together(phone, language, f"?{states}")
    all_live(page)
    wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wider) <= 0
    assert page.evaluate(SMALL) == []
    for figure in FIGURES:  # what is told, and beside it this, is in sight
        of(page, figure).locator(".press-again").click(trial=True)
    page.wait_for_selector("body[data-md-color-scheme=default]")
    assert axe(page, within=FIGURE) == []
    page.emulate_media(color_scheme="dark")
    page.wait_for_selector("body[data-md-color-scheme=slate]")
    assert axe(page, "color-contrast", within=FIGURE) == []
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    assert page.evaluate(MOVING) == []
    # What is printed is the still.
    stills, stages = page.locator(".press-drawing"), page.locator(".press-stage, .press-try")
    page.emulate_media(media="print")
    assert [still.is_visible() for still in stills.all()] == [True] * len(FIGURES)
    assert not any(stage.is_visible() for stage in stages.all())
    page.emulate_media(media="screen")
    assert not any(still.is_visible() for still in stills.all())


def test_without_javascript_the_stills_and_what_to_try_are_there(together, plain) -> None:
    page = together(plain, "zh")
    for figure in FIGURES:
        host = of(page, figure)
        expect(host.locator(".press-drawing svg")).to_be_visible()
        assert [row.is_visible() for row in host.locator(".press-prompts li").all()] == [
            True
        ] * len(figure.item.prompts)
    assert page.locator(".press-interactive :is(button, input, select)").count() == 0


def test_a_blocked_script_leaves_the_still(together, desk) -> None:
    blocked = set[str]()

    def refuse(route: Any) -> None:
        blocked.add(route.request.url.rsplit("/", 1)[1])
        route.abort()

    desk.route("**/assets/interactive/*", refuse)
    try:
        page = together(desk, "zh")
        for figure in FIGURES:
            of(page, figure).scroll_into_view_if_needed()
        for _ in range(300):
            if len(blocked) < len(FIGURES):
                page.wait_for_timeout(100)
        assert blocked == set(bundles_of(PROJECT, "zh").entries.values())
        page.wait_for_timeout(50)
        for figure in FIGURES:
            still = of(page, figure).locator(".press-drawing")
            expect(still.locator("svg")).to_be_visible()
            picture = still.locator("svg").bounding_box()
            assert still.bounding_box()["height"] < picture["height"] + 20, "room for nothing"
        assert page.locator(".press-interactive :is(.press-stage, button)").count() == 0
    finally:
        desk.unroute("**/assets/interactive/*", refuse)


SHIFTS = """new PerformanceObserver((list) => {
  window.shifted = list.getEntries().reduce((sum, { value }) => sum + value, window.shifted ?? 0);
}).observe({ type: "layout-shift", buffered: true })"""


@by_day_in("en")
def test_the_heights_that_are_stated_are_about_those_of_the_figures(
    together, fresh, language
) -> None:
    page = together(fresh(viewport={"width": 1280, "height": 740}).context, language)
    all_live(page)
    for width in (1920, 1280, FIRST_WIDE, FIRST_WIDE - 1, 412, 360):
        page.set_viewport_size({"width": width, "height": 740})
        page.wait_for_timeout(100)
        unit = page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)") / 20
        assert (unit > 1) is (width == 1920), "letters grow with a wide screen"
        for figure in FIGURES:
            stage = of(page, figure).locator(".press-stage").bounding_box()["height"] / unit
            heights = figure.schema.heights
            narrow, wide = heights = figure.schema.heights
            room = heights[width >= FIRST_WIDE]
            if width not in (FIRST_WIDE, FIRST_WIDE - 1):
                assert abs(stage - room) < stage / 10, (figure.item.name, width, stage)
            elif narrow > 1.2 * wide:  # here it changes
                assert (stage > (narrow + wide) / 2) is (room == narrow), (figure.item.name, stage)


@pytest.mark.parametrize("room", [True, False], ids=["", "without room"])
@pytest.mark.parametrize(
    ("path", "width"),
    [("zh/", 360), ("en/", 412), ("zh/", 540), ("en/", 1280), ("zh/dot-product/#projection", 360)],
)
def test_nothing_jumps_when_a_figure_comes(fresh, site, path, width, room) -> None:
    page = fresh(viewport={"width": width, "height": 960})
    held = Held(page, "**/assets/interactive/*")
    page.add_init_script(SHIFTS)
    page.goto(site.url + path)
    host = page.locator("figure.press-interactive").first
    held.wait()
    if not room:
        host.evaluate("(figure) => figure.removeAttribute('style')")
    page.wait_for_timeout(700)
    page.evaluate("window.shifted = 0")
    held.release()
    expect(host.locator(".press-stage")).to_be_visible()
    page.wait_for_timeout(200)
    assert (page.evaluate("window.shifted") < 0.01) is room, "less than this is taken to be still"


def test_where_no_script_runs_a_still_has_no_more_room_than_it_fills(fresh, site) -> None:
    page = fresh(viewport={"width": 360, "height": 740})
    page.route("**/assets/press.js", lambda route: route.abort())
    page.goto(site.url + "zh/")
    page.wait_for_selector("html:not(.press-room)")
    still = page.locator(".press-interactive > .press-drawing")
    picture = still.locator("svg").bounding_box()["height"]
    assert still.bounding_box()["height"] < picture + 20


FETCHED = """performance.getEntriesByType("resource").map(({ name }) => name)
  .filter((name) => name.includes("/assets/interactive/"))"""


# How many listen to back and forward.
LISTENING = """{
  window.listening = 0;
  for (const [name, more] of [["addEventListener", 1], ["removeEventListener", -1]]) {
    const real = window[name];
    window[name] = function (kind, ...given) {
      if (kind === "popstate") window.listening += more;
      return real.call(this, kind, ...given);
    };
  }
}"""


def test_a_figure_is_fetched_when_it_is_near_and_mounted_once_after_navigation(
    open_figure, site, desk
) -> None:
    figure = next(f for f in FIGURES if f.page not in ("index", "glossary"))
    page = desk.new_page()
    try:
        page.add_init_script(LISTENING)
        page.goto(f"{site.url}en/glossary/")
        page.wait_for_load_state("networkidle")
        assert page.evaluate(FETCHED) == []
        page.evaluate("window.still = true")
        page.evaluate(
            """(href) => document.querySelector("article").prepend(
                Object.assign(document.createElement("a"), { href, textContent: "go" }))""",
            site.url + figure.path("en"),
        )
        page.get_by_role("link", name="go", exact=True).click()
        page.wait_for_selector(f"h1#{figure.page}")
        assert page.evaluate("window.still"), "the page was loaded anew, not navigated instantly"
        assert page.evaluate(FETCHED) == [], "nothing is fetched before it is near"
        of(page, figure).scroll_into_view_if_needed()
        expect(of(page, figure).locator(".press-stage")).to_have_count(1)
        assert page.evaluate(FETCHED)
        # What it would tell when the hand rests is not told on the page that came meanwhile.
        attempt = of(page, figure).locator(".press-try").first
        attempt.evaluate("(button) => { button.click(); history.back(); }")
        page.wait_for_selector("h1#glossary")
        page.wait_for_timeout(500)
        expect(page.locator(".press-live")).to_have_text(page.title())
        listening = []
        for _ in range(2):
            page.go_forward()
            page.wait_for_selector(f"h1#{figure.page}")
            of(page, figure).scroll_into_view_if_needed()
            expect(of(page, figure).locator(".press-stage")).to_have_count(1)
            mounted = "document.querySelectorAll('.press-on').length"  # another may be near
            listening.append(page.evaluate(f"window.listening - {mounted}"))
            page.go_back()
            page.wait_for_selector("h1#glossary")
        assert listening[0] == listening[1], "what has left listens no more"
    finally:
        page.close()


# ------------------------------------------------------------------- the first page, by hand


def middle(grip: Any) -> tuple[float, float]:
    box = grip.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def in_first_screen(page: Page) -> Any:
    """Return the figure of the first page: picture, grip and a number are seen at once."""
    host = page.locator("figure.press-interactive").first
    expect(host.locator(".press-stage")).to_be_visible()
    assert page.evaluate("scrollY") == 0
    for part in ("svg.press-picture", ".press-grip", ".press-picture .press-live-number >> nth=-1"):
        box = host.locator(part).first.bounding_box()
        assert box["y"] + box["height"] <= page.viewport_size["height"], part
    return host


@pytest.mark.parametrize("width", [1280, 1920], ids=["", "large letters"])
def test_the_first_screen_has_a_figure_to_drag_and_numbers_that_say_what_they_are(
    site, desk, width
) -> None:
    page = desk.new_page()
    try:
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(site.url + "en/")
        host = in_first_screen(page)
        grip, number, tip = (
            host.locator(".press-grip"),
            host.locator(".press-status [data-expression]").first,
            page.locator(".press-tip"),
        )
        # Taken beside its middle, a grip does not jump, and follows from there.
        x, y = middle(grip)
        page.mouse.move(x + 9, y - 9)
        page.mouse.down()
        page.mouse.move(x + 9, y - 8)
        assert abs(middle(grip)[0] - x) < 4
        page.mouse.move(x - 41, y - 8, steps=3)
        page.mouse.up()
        page.wait_for_function("location.search.startsWith('?mix=query:')")
        assert abs(middle(grip)[0] - (x - 50)) < 4
        page.mouse.move(x + 40, y)  # it has been let go
        assert abs(middle(grip)[0] - (x - 50)) < 4
        # A click in the field brings it there, too.
        page.mouse.click(x + 30, y + 40)
        page.wait_for_timeout(60)
        assert abs(middle(grip)[0] - (x + 30)) < 4
        # A tip stays by its number, and says what it has come to mean.
        number.click()
        expect(tip).to_have_text("softmax(q @ K.T / sqrt(d_k)).max()")
        host.get_by_role("checkbox").focus()
        page.keyboard.press("Space")
        expect(tip).to_have_text("softmax(q @ K.T).max()")
        page.get_by_role("button", name="Try it").first.focus()
        page.keyboard.press("Enter")  # another sentence, and the number is gone
        expect(tip).to_be_hidden()
    finally:
        page.close()


def test_a_finger_drags_a_grip_scrolls_beside_it_and_sees_what_it_tries(site, phone) -> None:
    page = phone.new_page()
    try:
        page.set_viewport_size({"width": 360, "height": 740})
        page.goto(site.url + "zh/")
        host = in_first_screen(page)
        grip, session = host.locator(".press-grip"), page.context.new_cdp_session(page)

        def swipe(x: float, y: float, down: float) -> None:
            for k in range(9):
                at = {"x": x, "y": y + down * k / 8}
                kind = "touchMove" if k else "touchStart"
                session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [at]})
            session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
            page.wait_for_timeout(60)

        x, y = middle(grip)
        swipe(x, y, -40)
        assert page.evaluate("scrollY") == 0, "a grip is dragged, and the page stays"
        assert abs(middle(grip)[1] - (y - 40)) < 4
        swipe(x - 60, y + 60, -200)
        assert page.evaluate("scrollY") > 50, "beside it, the page is scrolled"
        page.wait_for_function(  # as long as a finger's throw carries it
            """() => new Promise((done) => {
                const before = scrollY;
                setTimeout(() => done(before === scrollY), 200);
            })"""
        )
        # What is tried is far below the picture, which comes back to be seen, below the page's bar.
        attempt = host.locator(".press-try").last
        attempt.evaluate("(button) => button.scrollIntoView({ block: 'start' })")
        attempt.evaluate("(button) => button.click()")
        page.wait_for_function(
            """() => {
                const at = (part) => document.querySelector(part).getBoundingClientRect();
                return at(".press-picture").top >= at(".md-header").bottom;
            }""",
            timeout=5000,
        )
    finally:
        page.close()


# -------------------------------------------------------------------------------- weight


@every_language
def test_scripts_are_light_and_bring_their_licence(built_site: Path, language: str) -> None:
    bundles = bundles_of(PROJECT, language)
    folder = built_site / language / "assets" / "interactive"
    assert {path.name for path in folder.iterdir()} == bundles.files.keys()
    assert "BSD 3-Clause" in (folder / "lit-html.LICENSE.txt").read_text("utf-8")
    size = {name: len(compress(text.encode(), 9)) for name, text in bundles.files.items()}
    own = set(bundles.entries.values())
    shared = {name: size[name] for name in size if name.endswith(".js") and name not in own}
    assert len(shared) == 1, "what figures share is one file, whatever each of them uses"
    assert sum(shared.values()) <= SHARED_LIMIT, shared
    for figure, name in bundles.entries.items():
        words = tomllib.loads((PROJECT.interactive / figure / "words.toml").read_text("utf-8"))
        for spoken in OTHER:
            sentences = [text for text in words[spoken].values() if "{" in text]
            loaded = [sentence in bundles.files[name] for sentence in sentences]
            assert loaded == [spoken == language] * len(sentences), (figure, spoken)
        data = PROJECT.interactive / figure / "data.json"
        weight = len(compress(data.read_bytes(), 9)) if data.is_file() else 0
        assert weight <= DATA_LIMIT, figure
        assert size[name] <= FIGURE_LIMIT + MORE.get(figure, 0) + weight, figure


@pytest.mark.parametrize("linked", [False, True], ids=["", "modules are a link"])
def test_two_bundles_are_the_same_to_the_byte_wherever_they_are_made(
    tmp_path: Path, linked: bool
) -> None:
    for name in ("docs/interactive", "src/interactive"):
        shutil.copytree(ROOT / name, tmp_path / name)
    for name in ("package.json", "package-lock.json", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path / name)
    if linked:
        (tmp_path / "node_modules").symlink_to(ROOT / "node_modules")
    else:
        shutil.copytree(ROOT / "node_modules/lit-html", tmp_path / "node_modules/lit-html")
        for name in ("esbuild", "@esbuild"):
            (tmp_path / "node_modules" / name).symlink_to(ROOT / "node_modules" / name)
    copy = Project(tmp_path, cache=tmp_path / "cache")
    here, there = bundles_of(PROJECT, "en"), bundles_of(copy, "en")
    assert here == there
    assert all(re.search(r"-[A-Z0-9]{8}\.js$|LICENSE", name) for name in here.files)
    core = tmp_path / "src/interactive/core.js"
    core.write_text(core.read_text("utf-8").replace("REST_MS = 400", "REST_MS = 401"), "utf-8")
    edited = bundles_of(copy, "en")
    assert not set(edited.entries.values()) & set(here.entries.values()), "other names"
