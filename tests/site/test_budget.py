"""Pages are light: what a first visit loads, how often it asks, and how many elements come.

The figures are told from the built files; on some pages a browser says whether they are true.
"""

from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser
from weights import elements_of, files_of, weight_of

KIB = 1024
MEDIAN, WORST = 110 * KIB, 140 * KIB  # of a first visit, compressed
REQUESTS = 10  # page, sheet, font, icon, map; two scripts of every page, and two of a figure
ELEMENTS = 6_500
REFERENCE = "api"  # every public name on one page: looked things up in, not read

# One page of each kind: with formulas, with a filter, a lab, without formulas.
KINDS = ["zh/softmax/", "en/claims/", "zh/labs/scaling/", "en/api/"]


@pytest.fixture(scope="module")
def pages(built_site: Path) -> list[str]:
    """The addresses of all pages but the reference."""
    found = [path.parent for la in ("zh", "en") for path in (built_site / la).rglob("index.html")]
    return sorted(
        f"{path.relative_to(built_site).as_posix()}/" for path in found if path.name != REFERENCE
    )


def test_a_first_visit_loads_little(built_site: Path, pages: list[str]) -> None:
    weights = {page: weight_of(built_site, page) for page in pages}
    assert len(pages) > 40
    heavy = {page: weight for page, weight in weights.items() if weight > WORST}
    assert heavy == {}
    assert median(weights.values()) <= MEDIAN


def test_a_page_asks_for_few_files_and_has_few_elements(built_site: Path, pages: list[str]) -> None:
    asks = {page: len(files_of(built_site, page)) for page in pages}
    assert {page: count for page, count in asks.items() if count > REQUESTS} == {}
    elements = {page: elements_of(built_site, page) for page in pages}
    assert {page: count for page, count in elements.items() if count > ELEMENTS} == {}


@pytest.mark.parametrize("path", KINDS)
def test_a_browser_loads_just_that(browser: Browser, site, path: str) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    asked = []
    page.on("request", lambda request: asked.append(urlsplit(request.url).path))
    page.goto(site.url + path, wait_until="networkidle")
    context.close()
    base = urlsplit(site.url).path
    loaded = [name.removeprefix(base) for name in asked]
    names = [f"{name}index.html" if name.endswith("/") else name for name in loaded]
    expected = files_of(site.folder, path)
    # A browser without a window shows no icon; a figure that is far from the screen is not fetched.
    expected -= {name for name in expected if name.endswith("mark.svg")}
    late = {name for name in expected if "/interactive/" in name}
    assert set(names) <= expected
    assert sorted(set(names) - late) == sorted(expected - late)
    assert len(names) == len(set(names)), "nothing is asked for twice"
