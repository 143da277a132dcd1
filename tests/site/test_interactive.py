"""Figures that readers change, in a browser: a new one is tested by being there."""

import re
import shutil
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from gzip import compress
from pathlib import Path
from typing import Any

import pytest
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
AXE = ROOT / "node_modules/axe-core/axe.min.js"
STATES = 50  # whose displays are compared, in each language
# The shared file holds lit-html, half of it, and all controls and drawing: a figure is the smaller.
SHARED_LIMIT, FIGURE_LIMIT, DATA_LIMIT = 7936, 3072, 4096  # bytes, compressed
# Where more is unavoidable: five steps are written out here, and for each a mistake is told of.
MORE = {"attention/formula": 768}
FRAME_MS, THROTTLED = 8, 4  # how long a picture may take, on a machine so many times slower
OTHER = {"zh": "en", "en": "zh"}
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
every_language = pytest.mark.parametrize("language", ["zh", "en"])
# By day in one language, by night in both.
every_figure_in_turn = pytest.mark.parametrize(
    ("figure", "language"),
    [
        pytest.param(figure, language, marks=[] if (i + j) % 2 == 0 else pytest.mark.nightly)
        for i, figure in enumerate(FIGURES)
        for j, language in enumerate(("zh", "en"))
    ],
    ids=str,
)
Opened = Callable[..., Page]


def test_every_figure_is_shown() -> None:
    assert sorted(figure.item.name for figure in FIGURES) == PROJECT.interactives


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
    return page.locator(f"figure[data-module^='{figure.item.name.replace('/', '-')}-']")


SHOW = """async (host, [query, states]) => {
  // Each state as if somebody opened its address: what is shown, and what no number accounts for.
  const press = document.querySelector("script[src*='assets/press.js']").src;
  const script = await import(new URL(`interactive/${host.dataset.module}`, press));
  const found = [];
  for (const state of states) {
    const address = new URL(location.href);
    address.search = state ? `?${query}=${state}` : "";
    history.replaceState(history.state, "", address);
    for (const one of host.querySelectorAll(".press-stage, .press-try")) one.remove();
    script.default(host, () => {});
    const rest = host.querySelector(".press-stage").cloneNode(true);
    const numbers = [...rest.querySelectorAll("[data-expression]")];
    for (const one of rest.querySelectorAll("[data-expression], output, option, .fig-tick"))
      one.remove();
    const read = [...rest.querySelectorAll("[aria-label]")].map((one) => one.ariaLabel);
    found.push([
      numbers.map((one) => [one.dataset.expression, one.textContent]),
      [rest.textContent, ...read].join("\\n"),
    ]);
  }
  return found;
}"""
# How long a picture takes to be drawn anew, in milliseconds: the least of many.
REDRAW = """async (host) => {
  const ask = window.requestAnimationFrame;
  let least = Infinity;
  window.requestAnimationFrame = (draw) => ask((time) => {
    const start = performance.now();
    draw(time);
    least = Math.min(least, performance.now() - start);
  });
  for (let round = 0; round < 3; round += 1)
    for (const button of host.querySelectorAll(".press-try, .press-again")) {
      button.click();
      await new Promise((done) => ask(() => ask(done)));
    }
  window.requestAnimationFrame = ask;
  return least;
}"""


def still_of(figure: Shown) -> str:
    return PROJECT.figure(figure.item.path).read_text("utf-8")


@every_language
@every_figure
def test_each_number_shown_is_the_value_of_its_expression_and_the_still_shows_the_first(
    open_figure, desk, figure, language, slowness
) -> None:
    states = [figure.schema.write(state) for state in states_of(figure.folder, STATES)]
    states += [prompt.state for prompt in figure.item.prompts]
    page = open_figure(desk, figure, language)
    found = of(page, figure).evaluate(SHOW, [figure.query, states])
    assert of(page, figure).evaluate(REDRAW) <= FRAME_MS / THROTTLED * slowness
    drawn = re.findall(r"<text(?![^>]*fig-tick)[^>]*>([^<]*\d[^<]*)</text>", still_of(figure))
    assert drawn, "a still holds numbers"
    assert set(drawn) <= {text for _, text in found[0][0]}, "the first state"
    warm_up()
    wild = hostile(figure.schema)
    shown = of(page, figure).evaluate(SHOW, [figure.query, [*wild, *wild.values()]])
    assert shown[: len(wild)] == shown[len(wild) :], "limits hold, and nonsense changes nothing"
    for state, (numbers, rest) in zip(states, found, strict=True):
        assert not list(bare_numerals(rest, PROJECT.exemptions)), (state, rest)
        assert numbers, state
        names = names_in_state(figure.folder, state) | {"__builtins__": SAFE_BUILTINS}
        for expression, text in numbers:
            value = eval(expression, names)
            assert is_shown(text, value), f"{text} for {expression}, {value!r}, in {state!r}"


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


# ---------------------------------------------------------------------------- as a reader


@every_figure_in_turn
def test_the_keyboard_and_a_screen_reader_are_enough(
    open_figure, site, desk, figure, language
) -> None:
    page = open_figure(desk, figure, language)
    host = of(page, figure)
    prompt = figure.item.prompts[0].state
    host.locator(".press-try").first.focus()
    before = host.locator(".press-status").inner_text()
    page.keyboard.press("Enter")
    expect(host.locator(".press-status")).not_to_have_text(before)
    told = " ".join(host.locator(".press-status").inner_text().split())
    expect(page.locator(".press-live")).to_have_text(told)
    page.wait_for_function("(query) => location.search === query", arg=f"?{figure.query}={prompt}")
    # The picture is not read aloud; its values stand in a table.
    assert host.locator("svg.press-picture:not([aria-hidden=true])").count() == 0
    host.locator(".press-values summary").focus()
    page.keyboard.press("Enter")
    expect(host.get_by_role("table").last).to_be_visible()
    assert host.locator(".press-values [data-expression]").count() > 0
    # Another language shows the same state.
    page.locator("a[data-press-language]").click()
    page.wait_for_url(re.compile(rf"/{OTHER[language]}/.*\?{re.escape(figure.query)}="))
    of(page, figure).scroll_into_view_if_needed()
    expect(of(page, figure).locator(".press-again")).to_be_enabled()
    # And from the start again.
    of(page, figure).locator(".press-again").focus()
    page.keyboard.press("Enter")
    page.wait_for_function("location.search === ''")


def test_a_number_is_typed_and_a_cell_chosen(open_figure, desk) -> None:
    figure = next(figure for figure in FIGURES if figure.item.name == "attention/formula")
    page = open_figure(desk, figure, "en")
    host = of(page, figure)
    entry, chosen = host.locator(".press-typed").first, host.locator(".press-cell input:checked")
    entry.click()
    page.keyboard.type("-")  # no number yet, and no reason to take it away
    page.keyboard.type("3")
    expect(entry).to_have_value("-3")
    entry.click()
    page.keyboard.type("7")  # in place of the number that was there
    expect(entry).to_have_value("7")
    page.keyboard.type("7")
    expect(entry).to_have_value("9")
    page.keyboard.press("Backspace")
    page.keyboard.press("Tab")
    expect(entry).to_have_value("9")
    chosen.focus()
    page.keyboard.press("ArrowRight")
    expect(chosen).to_be_focused()
    expected = "?formula=k:9,0,1,0,0,1,0,2,1,1,0,0;column:1"
    page.wait_for_function("(query) => location.search === query", arg=expected)


def axe(page: Page) -> list[str]:
    page.evaluate("'axe' in window") or page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate(
        """async () => (await axe.run(".press-interactive")).violations.map(({ id, nodes }) =>
            `${id}: ` + nodes.slice(0, 5).map((node) => node.target + node.any[0]?.message))"""
    )
    return list(found)


# What is too small for a finger: a grip needs 44 pixels, everything else 24.
SMALL = """(host) => {
  const found = [];
  const controls = ".press-stage :is(button, input, select, summary), .press-try, .press-grip-room";
  for (const one of host.querySelectorAll(controls)) {
    if (!one.checkVisibility()) continue;
    const inLabel = one.matches("input[type=radio], input[type=checkbox]");
    const { width, height } = (inLabel ? one.closest("label") : one).getBoundingClientRect();
    const least = one.matches(".press-grip-room") ? 44 : 24;
    const short = Math.min(width, height) < least - 0.01; // a browser rounds
    if (short) found.push(`${one.outerHTML}: ${width} × ${height}`);
  }
  return found;
}"""


# What is under way in a figure once its state has changed: nothing may be, under reduced motion.
MOVING = """async () => {
  for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
  return document.querySelector(".press-interactive").getAnimations({ subtree: true })
    .map((one) => one.transitionProperty ?? one.animationName);
}"""


@every_figure
def test_a_narrow_phone_has_room_and_axe_finds_nothing(open_figure, phone, figure) -> None:
    language = "zh" if FIGURES.index(figure) % 2 else "en"
    page = open_figure(phone, figure, language, figure.item.prompts[-1].state)
    host = of(page, figure)
    wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wider) <= 0
    assert host.evaluate(SMALL) == []
    host.locator(".press-again").click(trial=True)  # what is told, and beside it this, is in sight
    for scheme, name in (("light", "default"), ("dark", "slate")):
        page.emulate_media(color_scheme=scheme)
        page.wait_for_selector(f"body[data-md-color-scheme={name}]")
        assert axe(page) == [], scheme
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    host.locator(".press-again").click()
    assert page.evaluate(MOVING) == []
    # What is printed is the still.
    page.emulate_media(media="print")
    expect(host.locator(".press-drawing")).to_be_visible()
    expect(host.locator(".press-stage")).to_be_hidden()
    expect(host.locator(".press-try").first).to_be_hidden()
    page.emulate_media(media="screen")
    expect(host.locator(".press-drawing")).to_be_hidden()


@every_figure
def test_without_javascript_the_still_and_what_to_try_are_there(open_figure, plain, figure) -> None:
    language = "en" if FIGURES.index(figure) % 2 else "zh"
    page = open_figure(plain, figure, language, live=False)
    host = of(page, figure)
    expect(host.locator(".press-drawing svg")).to_be_visible()
    expect(host.locator(".press-prompts li")).to_have_count(len(figure.item.prompts))
    assert host.locator("button, input, select").count() == 0


@every_figure
def test_a_blocked_script_leaves_the_still(open_figure, desk, figure) -> None:
    blocked: list[str] = []

    def refuse(route: Any) -> None:
        blocked.append(route.request.url)
        route.abort()

    desk.route("**/assets/interactive/*", refuse)
    try:
        page = open_figure(desk, figure, "en", live=False)
        host = of(page, figure)
        host.scroll_into_view_if_needed()
        for _ in range(300):
            if not blocked:
                page.wait_for_timeout(100)
        assert blocked
        page.wait_for_timeout(50)
        expect(host.locator(".press-drawing svg")).to_be_visible()
        assert host.locator(".press-stage, button").count() == 0
    finally:
        desk.unroute("**/assets/interactive/*", refuse)


FETCHED = """performance.getEntriesByType("resource").map(({ name }) => name)
  .filter((name) => name.includes("/assets/interactive/"))"""


def test_a_figure_is_fetched_when_it_is_near_and_mounted_once_after_navigation(
    open_figure, site, desk
) -> None:
    figure = next(f for f in FIGURES if f.page not in ("index", "glossary"))
    page = desk.new_page()
    try:
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
        page.go_back()
        page.wait_for_selector("h1#glossary")
        page.go_forward()
        page.wait_for_selector(f"h1#{figure.page}")
        of(page, figure).scroll_into_view_if_needed()
        expect(of(page, figure).locator(".press-stage")).to_have_count(1)
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


def test_the_first_screen_has_a_figure_to_drag_and_numbers_that_say_what_they_are(
    site, desk
) -> None:
    page = desk.new_page()
    try:
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


def test_two_bundles_are_the_same_to_the_byte_wherever_they_are_made(tmp_path: Path) -> None:
    for name in ("docs/interactive", "src/interactive"):
        shutil.copytree(ROOT / name, tmp_path / name)
    for name in ("package.json", "package-lock.json", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path / name)
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
