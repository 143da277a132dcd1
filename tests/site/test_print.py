"""A printed page: light, complete, and broken between two sheets wherever that is possible."""

import math
import re
from collections.abc import Callable
from io import BytesIO

import pytest
from playwright.sync_api import Page
from pypdf import PdfReader

from press.palette import LIGHT

PAGE = "en/kv-cache/"  # the longest, with all that a page can hold
WIDTH, HEIGHT = 680, 994  # CSS pixels of an A4 sheet within its margins

LAST = ["press-answers", "press-install", "press-provenance", "press-sightings"]

Opened = Callable[..., Page]


@pytest.fixture
def paper(open_page: Opened, desk) -> Page:
    """A long page in the dark scheme, as it is laid out on paper."""
    page = open_page(desk, PAGE)
    page.emulate_media(color_scheme="dark")
    page.wait_for_selector("body[data-md-color-scheme=slate]")
    page.wait_for_selector("html.press-mathml")
    page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    return page


# Material gives a block of code its id and its button when it is first seen, whenever that is; and
# the list of numbers has places to break from when it is first opened.
NODES = """[...document.querySelectorAll('article *:not(.md-code__nav, .md-code__nav *, wbr)')]
    .map((node) => node.localName + (node.localName === "pre" ? "" : node.id))"""
UNBREAKABLE = """(limit) => [...document.querySelectorAll("article *")].filter((node) => {
  if (node.closest("svg, math")) return false;
  const { display, overflowX, overflowY, breakInside, contain, contentVisibility } =
    getComputedStyle(node);
  const whole = /^inline-/.test(display) || /auto|scroll|hidden/.test(overflowX + overflowY) ||
    /avoid/.test(breakInside) || /size|strict/.test(contain) || contentVisibility !== "visible";
  return whole && node.getBoundingClientRect().height > limit;
}).map((node) => `${node.localName}.${node.className} ${node.getBoundingClientRect().height}`)"""

# What hangs out of the frame of a sheet is cut off, and a list does not make room for its numbers.
NUMBERED = """() => [...document.querySelectorAll("article ol")].filter((list) => {
  const number = document.createElement("span");
  number.textContent = `${list.children.length}. `;
  number.style.whiteSpace = "pre";
  const item = list.firstElementChild;
  item.append(number);
  const { width } = number.getBoundingClientRect();
  number.remove();
  const left = (node) => node.getBoundingClientRect().left;
  return left(item) - left(list.closest("article")) < width;
}).map((list) => `${list.parentElement.className}: ${list.children.length}`)"""


def test_a_long_page_prints_light_and_whole_on_few_sheets(paper: Page) -> None:
    before = paper.evaluate(NODES)
    paper.emulate_media(media="print")

    # What is folded is open, even if no script opens it.
    folded = paper.locator(".answer > :not(summary), .press-provenance li, details pre")
    assert folded.count() > 100
    assert folded.evaluate_all("all => all.every((node) => node.checkVisibility())")

    paper.evaluate("dispatchEvent(new Event('beforeprint'))")

    # Whatever the screen shows, paper is light.
    for name, of in (("paper", "backgroundColor"), ("ink", "color")):
        colour = tuple(int(LIGHT[name][i : i + 2], 16) for i in (1, 3, 5))
        shown = paper.evaluate(f"getComputedStyle(document.querySelector('.md-main')).{of}")
        transparent = "rgba(0, 0, 0, 0)"
        assert shown in (f"rgb{colour}", transparent), name

    # Figures apart, what cannot be broken is small: nothing is sliced, no sheet is left half empty.
    large = paper.evaluate(UNBREAKABLE, HEIGHT / 4)
    assert [name for name in large if not re.match(r"(figure|span)\.press-[fd]", name)] == []
    assert paper.evaluate(UNBREAKABLE, HEIGHT) == []

    assert paper.evaluate(NUMBERED) == []

    # A link that leaves the site says where it leads; one within it has no use for an address.
    for link, says in (("a[href*='/training/']", False), ("a[href^='https://docs.vllm.ai']", True)):
        after = "(node) => getComputedStyle(node, '::after').content"
        shown = paper.locator(f"article p > {link}").first.evaluate(after)
        assert "https://docs.vllm.ai" in shown if says else shown == "none", shown

    # Answers, and then where the numbers come from, are the last part.
    order = paper.evaluate(
        """() => [...document.querySelectorAll("article > *")].slice(-5)
             .map((node) => node.className.split(" ")[0])"""
    )
    assert [name for name in order if name in LAST] == LAST
    answers = paper.locator(".press-answers details")
    assert answers.count() == paper.locator(".exercise").count() + 1, "the last one is the program"

    height = paper.evaluate("document.querySelector('article').scrollHeight")
    pdf = PdfReader(BytesIO(paper.pdf(prefer_css_page_size=True, format="A4")))
    sheets = len(pdf.pages)
    assert sheets <= math.ceil(1.1 * height / HEIGHT), "sheets that are nearly empty"

    paper.evaluate("dispatchEvent(new Event('afterprint'))")
    paper.emulate_media(media="screen")
    assert paper.evaluate(NODES) == before, "a page that was printed is as it was"
