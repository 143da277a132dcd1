"""The book as one PDF: contents with true numbers, links that stay inside, an outline."""

import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from jinja2 import ChoiceLoader, DictLoader, Environment, FileSystemLoader
from mkdocs.config import load_config
from mkdocs.exceptions import Abort
from pypdf import PdfReader

from press.check.links import broken_site_links
from press.execute.chromium import find_chromium
from press.mkdocs.book import BookPages, book_name
from press.mkdocs.styles import join_styles
from press.paper.sheets import sheets_of
from press.project import Project
from press.syntax.pages import title_of

ROOT = Path(__file__).parents[2]
TITLES = ["Home", "点积与“相似度”"]
BODY = (
    '<h1 id="top">{title}</h1><p>Text 正文。</p><section class="admonition exercise">'
    '<p class="admonition-title">How much?</p><details class="answer"><summary>Answer</summary>'
    '<p>Forty-two 四十二，见文长页</p></details></section><h2 id="why">Why</h2>'
    '<p><a href="{link}">there</a></p>'
    '<p style="break-before: page">Another sheet.</p>'
)


def page(url: str, title: str) -> Any:
    heading = SimpleNamespace(title="Why", id="why")
    return SimpleNamespace(
        url=url, title=title, parent=None, toc=[SimpleNamespace(children=[heading])]
    )


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> PdfReader:
    """A book of two chapters, the second in Chinese."""
    if find_chromium() is None:
        pytest.skip("there is no Chromium")
    site = tmp_path_factory.mktemp("site")
    (site / "assets").mkdir()
    (site / "assets/press.css").write_text(join_styles(ROOT / "docs/assets/press.css"), "utf-8")
    shutil.copy2(ROOT / "docs/assets/press.js", site / "assets")
    style = '<link rel="stylesheet" href="assets/press.css">'
    (site / "index.html").write_text(style, "utf-8")
    book, pages = BookPages(), [page("", TITLES[0]), page("dot/", TITLES[1])]
    for one, link in zip(pages, ("dot/#why", "../#top"), strict=True):
        one.content = BODY.format(title=one.title, link=link)
        book.keep(one, one.content)
    config: Any = SimpleNamespace(
        theme={"language": "zh"}, site_dir=str(site), site_url="http://127.0.0.1:1/zh/",
        site_name="Book", site_description="About it.",
    )  # fmt: skip
    pdf = book.print(config, Project.load(ROOT), pages)
    assert pdf == site / book_name("zh")
    assert not (site / "book.html").exists()
    return PdfReader(pdf)


def texts(pdf: PdfReader) -> list[str]:
    return [re.sub(r"\s+", " ", sheet.extract_text()) for sheet in pdf.pages]


def test_contents_name_the_sheet_of_each_chapter_and_section(small: PdfReader) -> None:
    cover, contents, *sheets = texts(small)
    assert "Book" in cover
    starts = [i for i, text in enumerate(sheets, start=3) if "Text" in text]
    assert starts == [3, 5]
    # The title as the contents have it, the sheet that it begins on, and its section on the same.
    assert re.search(r"Home 3 Why 3 .*5 Why 5", contents), contents
    numbers = [re.findall(r"\d+", text) for text in sheets]
    assert numbers == [["3"], ["4"], ["5"], ["6"]], "each sheet has its own"


def test_the_outline_has_chapters_and_their_sections(small: PdfReader) -> None:
    def titles(entries: list[Any]) -> list[Any]:
        return [titles(e) if isinstance(e, list) else str(e.title) for e in entries]

    chapter = ["Why", "答案", ["How much?"]]
    assert titles(small.outline) == ["Book", "目录", TITLES[0], chapter, TITLES[1], chapter]


def test_links_of_the_book_stay_in_it(small: PdfReader) -> None:
    links = [
        note.get_object()
        for sheet in small.pages
        for note in sheet.get("/Annots", [])
        if note.get_object()["/Subtype"] == "/Link"
    ]
    assert len(links) == 6, "four of the contents, one of each chapter"
    assert all("/A" not in link or "/URI" not in link["/A"] for link in links)


def test_answers_are_the_last_part_of_their_chapter(small: PdfReader) -> None:
    last = texts(small)[3]
    assert "Another sheet." in last
    assert last.index("Another sheet.") < last.index("Forty-two")


def test_characters_are_not_the_radicals_that_look_like_them(small: PdfReader) -> None:
    text = "".join(texts(small))
    assert "四十二，见文长页" in text
    assert not re.search(r"[\u2e80-\u2fdf]", text)


def test_a_missing_chromium_is_said_before_anything_is_built(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("press.paper.chromium.find_chromium", lambda: None)
    monkeypatch.setenv("PRESS_BOOK", "1")
    config = load_config(str(ROOT / "mkdocs.yml"), site_dir=str(tmp_path / "site"))
    with pytest.raises(Abort, match="put `chromium` or `google-chrome` on the PATH"):
        config.plugins.on_config(config)
    assert not (tmp_path / "site").exists()


@pytest.mark.parametrize(
    ("variable", "href"),
    [("", None), ("https://example.org/", "https://example.org/en/dot/a.py")],
)
def test_a_book_links_to_the_site_if_it_is_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, href: str | None
) -> None:
    monkeypatch.setenv("SITE_URL", variable)
    written = list[str]()
    monkeypatch.setattr(
        "press.paper.book.print_book", lambda *arguments: written.append(arguments[-1]({}))
    )
    book, chapter = BookPages(), page("dot/", TITLES[1])
    book.keep(chapter, '<a href="a.py">program</a>')
    config: Any = SimpleNamespace(
        theme={"language": "en"}, site_dir=str(tmp_path), site_name="Book", site_description="",
        site_url=f"{variable or 'http://127.0.0.1:8000/'}en/",
    )  # fmt: skip
    book.print(config, Project.load(ROOT), [chapter])
    [text] = written
    assert re.findall(r'<a href="(http[^"]*)">program', text) == ([href] if href else [])
    assert ("<a>program</a>" in text) == (href is None)


# ----------------------------------------------------------------------- the link to it


@pytest.mark.parametrize("name", ["", "checked-attention-en.pdf"])
def test_the_home_page_alone_links_to_the_book_if_there_is_one(name: str) -> None:
    base = DictLoader({"base.html": "{% block content %}<h1>x</h1>{% endblock %}"})
    theme = FileSystemLoader(ROOT / "docs/theme")
    environment = Environment(loader=ChoiceLoader([base, theme]))
    environment.filters["url"] = str
    template = environment.get_template("main.html")
    words = SimpleNamespace(t=lambda key: key)
    for home in (True, False):
        page = SimpleNamespace(is_homepage=home, meta={}, content="")
        config = SimpleNamespace(extra={"book": name})
        text = template.render(page=page, config=config, lang=words, base_url=".")
        assert (f'href="{name}"' in text) == bool(home and name)


def test_a_site_has_the_book_and_the_link_or_neither(built_site: Path, tmp_path: Path) -> None:
    for language in ("zh", "en"):
        name = book_name(language)
        linked = f'href="{name}"' in (built_site / language / "index.html").read_text("utf-8")
        assert linked == (built_site / language / name).is_file()
    (tmp_path / "index.html").write_text(f'<a href="{name}">book</a>', "utf-8")
    assert [says for _, says in broken_site_links(tmp_path)] == [
        f"{name!r} leads nowhere: there is no such file"
    ]
    (tmp_path / name).write_bytes(b"%PDF")
    assert list(broken_site_links(tmp_path)) == []


@pytest.mark.nightly
def test_the_whole_book_is_printed_in_each_language(
    build: Callable[[Path], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRESS_BOOK", "1")
    site = (
        Path(os.environ["PRESS_SITE"]) if "PRESS_SITE" in os.environ else build(tmp_path / "site")
    )
    project = Project.load(ROOT)
    for language in project.languages:
        pdf = site / language / book_name(language)
        assert f'href="{pdf.name}"' in (site / language / "index.html").read_text("utf-8")
        reader, sheets = PdfReader(pdf), sheets_of(pdf)
        chapters = [entry for entry in reader.outline if not isinstance(entry, list)]
        pages = project.pages(language)
        assert len(chapters) == len(pages) + 2, "the cover and the contents beside them"
        for path in pages:
            name = "labs-" * (path.parent.name == "labs") + path.stem
            sheet = reader.pages[sheets["home" if name == "index" else name] - 1]
            words = re.sub(r"\W+", "", title_of(path))[:6]
            assert words in re.sub(r"\W+", "", sheet.extract_text()), path
        local = [
            note.get_object()["/A"]["/URI"]
            for sheet in reader.pages
            for note in sheet.get("/Annots", [])
            if "/URI" in note.get_object().get("/A", {})
        ]
        assert not [address for address in local if "127.0.0.1" in address or "file:" in address]
        nearly_empty = [i for i, text in enumerate(texts(reader), start=1) if len(text) < 60]
        assert len(nearly_empty) < len(pages), nearly_empty
