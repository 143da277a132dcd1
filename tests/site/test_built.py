"""The built site: the same bytes each time, and every page known in every language."""

import hashlib
import html
import os
import re
import runpy
from collections.abc import Callable
from pathlib import Path

import brotli
import nbformat
import pytest
from fontTools.ttLib import TTFont
from languages import every_language

from press.check.links import broken_site_links
from press.palette import DARK, LIGHT
from press.project import Project
from press.render.highlighting import highlighted
from press.render.site_settings import book_order
from press.syntax.lab import read_lab
from press.syntax.pages import title_of

ROOT = Path(__file__).parents[2]


def hashes(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.nightly
def test_two_builds_are_the_same_to_the_byte(
    build: Callable[[Path], Path], built_site: Path, tmp_path: Path
) -> None:
    first = build(tmp_path / "one") if os.environ.get("PRESS_SITE") else built_site
    one, two = hashes(first), hashes(build(tmp_path / "two"))
    assert len(one) > 50
    assert {name for name in one.keys() | two.keys() if one.get(name) != two.get(name)} == set()


def test_what_is_remembered_after_a_build_is_small(built_site: Path) -> None:
    assert (built_site / "index.html").is_file()
    kept = [path for path in Project.load(ROOT).cache.rglob("*") if path.is_file()]
    assert len(kept) > 300, "runs, names, answers and formulas of the whole book"
    assert sum(path.stat().st_size for path in kept) < 100e6


def test_no_address_of_the_site_leads_nowhere(built_site: Path) -> None:
    assert list(broken_site_links(built_site, "/checked-attention/")) == []


def test_a_broken_address_is_found_on_any_built_page(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "index.html").write_text(
        '<p id="x"><a href="../b/">b</a><a href="#x">x</a><a href="#y">y</a>'
        '<img src="/base/c.png"><a href="https://example.org/">out</a></p>',
        "utf-8",
    )
    found = [message.partition(" leads")[0] for _, message in broken_site_links(tmp_path, "/base/")]
    assert found == ["'../b/'", "'#y'", "'/base/c.png'"]


def test_the_sitemap_names_each_page_in_each_language(built_site: Path) -> None:
    project = Project.load(ROOT)
    sitemap = (built_site / "sitemap.xml").read_text("utf-8")
    folder = project.docs / "zh"
    pages = [path.relative_to(folder).with_suffix("").as_posix() for path in project.pages("zh")]
    locations = re.findall(r"<loc>[^<]*?/(zh|en)/([^<]*?)</loc>", sitemap)
    assert sorted(locations) == sorted(
        (language, "" if stem == "index" else f"{stem}/")
        for language in project.languages
        for stem in pages
    )
    assert sitemap.count('hreflang="x-default"') == len(locations)


@every_language
def test_titles_of_the_navigation_come_from_the_pages(built_site: Path, language: str) -> None:
    project = Project.load(ROOT)
    home = (built_site / language / "index.html").read_text("utf-8")
    navigation = home[home.index('class="md-nav') : home.index("<article")]
    for page in book_order(project):
        assert title_of(project.docs / language / page) in navigation


def test_nothing_is_loaded_from_another_host(built_site: Path) -> None:
    loads = re.compile(r"<(?:script|img|iframe|source|video|audio|embed)\b[^>]*\ssrc=\"(//|http)")
    styles = re.compile(
        r"<link\b(?![^>]*rel=\"(?:canonical|alternate ?|prev|next))[^>]*href=\"(//|http)"
    )
    for page in built_site.rglob("*.html"):
        text = page.read_text("utf-8")
        assert not loads.search(text), page
        assert not styles.search(text), page
    for style in built_site.rglob("*.css"):
        assert not re.search(r"url\(['\"]?(?://|http)|@import", style.read_text("utf-8")), style


def test_a_page_loads_one_style_sheet_and_no_part_of_it_is_published(built_site: Path) -> None:
    for language in ("zh", "en"):
        folder = built_site / language
        assert [path.relative_to(folder).as_posix() for path in folder.rglob("*.css")] == [
            "assets/press.css"
        ]
        styles = (folder / "assets" / "press.css").read_text("utf-8")
        for palette in (LIGHT, DARK):
            for name, colour in palette.items():
                assert f"--{name}:{colour}" in styles
        home = (folder / "index.html").read_text("utf-8")
        assert home.count('rel="stylesheet"') == 1
    for name in ("index.html", "404.html"):  # these stand alone, and have their colours written in
        text = (built_site / name).read_text("utf-8")
        for palette in (LIGHT, DARK):
            assert f"background: {palette['paper']}; color: {palette['ink']}" in text
            assert f"a {{ color: {palette['link']}; }}" in text


def test_the_theme_finds_no_table_to_move(built_site: Path) -> None:
    """Its script gives a box to each table without a class, and what stands below it jumps."""
    pages = [path.read_text("utf-8") for path in built_site.rglob("*.html")]
    tables = [table for page in pages for table in re.findall(r"[^>]*>\s*<table\b[^>]*>", page)]
    assert len(tables) > 100
    boxed = [table for table in tables if "press-table" in table and "class=" in table]
    assert set(tables) - set(boxed) == set()


def test_each_column_of_a_table_says_what_it_holds(built_site: Path) -> None:
    for page in built_site.rglob("*.html"):
        assert not re.search(r"<th\b[^>]*>\s*</th>", page.read_text("utf-8")), page


def test_the_font_of_formulas_has_what_pages_show_and_no_more(built_site: Path) -> None:
    subset = runpy.run_path(str(ROOT / "docs" / "assets" / "fonts" / "subset.py"))
    pages = [path.read_text("utf-8") for path in sorted(built_site.rglob("index.html"))]
    shown = set[str]().union(*map(subset["characters"], pages))
    has = {chr(code) for code in TTFont(subset["TARGET"]).getBestCmap()}
    whole = {chr(code) for code in TTFont(subset["SOURCE"]).getBestCmap()}
    assert len(shown) > 100
    assert (shown & whole) - has == set(), "run docs/assets/fonts/subset.py"
    assert {one for one in has - shown if one.isprintable()} <= {" "}, "as above: less is enough"


# ------------------------------------------------------------------------ labs

LABS = [path.stem for path in sorted((ROOT / "docs" / "labs").glob("*.py"))]
WEIGHT_LIMIT = 150_000  # bytes of a lab's page, with all that it loads but its figures

every_lab = pytest.mark.parametrize(
    ("language", "lab"), [(language, lab) for language in ("zh", "en") for lab in LABS]
)


def loaded_by(page: Path, text: str) -> list[Path]:
    """Return the styles, scripts and fonts that a page asks for."""
    found = re.findall(r'<script\b[^>]*\ssrc="([^"]+)"', text)
    links = re.findall(r"<link\b[^>]*>", text)
    found += [
        re.search(r'href="([^"]+)"', link)[1]
        for link in links
        if re.search(r'rel="(?:stylesheet|preload|modulepreload)"', link)
    ]
    return [Path(os.path.normpath(page.parent / address.partition("?")[0])) for address in found]


@every_lab
def test_a_lab_is_light(built_site: Path, language: str, lab: str) -> None:
    page = built_site / language / "labs" / lab / "index.html"
    text = page.read_text("utf-8")
    files = loaded_by(page, text)
    assert len(files) >= 4
    words = re.sub(
        r"<svg\b[^>]*viewBox=\"[^\"]*\" stroke-linejoin.*?</svg>", "", text, flags=re.DOTALL
    )
    assert len(words) < len(text), "a lab has figures"
    weights = {file.name: len(brotli.compress(file.read_bytes())) for file in files}
    weights["index.html"] = len(brotli.compress(words.encode("utf-8")))
    assert sum(weights.values()) < WEIGHT_LIMIT, weights
    assert weights["index.html"] < 30_000, "nothing of a notebook's own styles and scripts is there"


@every_lab
def test_a_lab_is_rendered_from_the_notebook_that_it_offers(
    built_site: Path, language: str, lab: str
) -> None:
    folder = built_site / language / "labs" / lab
    made = nbformat.read(folder / f"{lab}.ipynb", 4)
    nbformat.validate(made)
    page = (folder / "index.html").read_text("utf-8")
    assert f'<a class="press-download" download href="{lab}.ipynb">' in page
    program = (ROOT / "docs" / "labs" / f"{lab}.py").read_text("utf-8")
    package = "'.[torch]'" if "import torch" in program else "."
    assert f"pip install {package} matplotlib jupyterlab" in html.unescape(page)
    cells = [cell for cell in made.cells if cell.cell_type == "code"]
    assert [cell.source for cell in cells] == [
        cell.source for cell in read_lab(ROOT / "docs" / "labs" / f"{lab}.py").code_cells
    ]
    for cell in cells:
        assert page.count(highlighted(cell.source + "\n")) == 1
    shown = [out for cell in cells for out in cell.outputs]
    for text in (out.text for out in shown if out.output_type == "stream"):
        assert f"<samp>{html.escape(text, quote=False)}</samp>" in page
    figures = [out for out in shown if out.output_type == "display_data"]
    assert len(figures) == page.count('class="press-drawing"')
    assert "press-cell" not in page, "no place is left empty"


@every_lab
def test_a_notebook_shows_no_sign_of_the_press(built_site: Path, language: str, lab: str) -> None:
    made = nbformat.read(built_site / language / "labs" / lab / f"{lab}.ipynb", 4)
    texts = [cell.source for cell in made.cells if cell.cell_type == "markdown"]
    assert len(texts) > 3
    for text in texts:
        assert not re.search(
            r"\{=|\{#|\\val|\[@|!!!|\?\?\?|``` (?!python)|[\ue000-\uf8ff]", text
        ), text


def test_no_page_comes_from_another_program_of_the_docs(built_site: Path) -> None:
    notebooks = {path.relative_to(built_site).as_posix() for path in built_site.rglob("*.ipynb")}
    assert notebooks == {f"{la}/labs/{lab}/{lab}.ipynb" for la in ("zh", "en") for lab in LABS}
    assert not list(built_site.rglob("*.j2"))
