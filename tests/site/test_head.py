"""What pages say of themselves where they are only named: in a tab, a menu, a shared link."""

import html
import re
import struct
from pathlib import Path
from posixpath import normpath

import pytest
from jinja2 import Environment, FileSystemLoader
from languages import every_language

from press.project import Project
from press.record.share import SIZE
from press.render.languages import with_languages
from press.render.site_settings import book_order, site_settings
from press.syntax.pages import title_of

ROOT = Path(__file__).parents[2]
PROJECT = Project.load(ROOT)
ORDER = book_order(PROJECT)
WORDS = site_settings(PROJECT)["extra"]["languages"]


def built(site: Path, language: str, page: str) -> str:
    stem = page.rpartition(".")[0]
    return (site / language / ("" if stem == "index" else stem) / "index.html").read_text("utf-8")


def metas(text: str) -> dict[str, str]:
    found = re.findall(r'<meta (?:name|property)="([^"]+)" content="([^"]*)">', text)
    assert len(found) == len(dict(found)), "each is said once"
    return {name: html.unescape(content) for name, content in found}


@every_language
def test_each_page_has_its_own_description_and_picture(built_site: Path, language: str) -> None:
    descriptions = {}
    for page in ORDER:
        said = metas(built(built_site, language, page))
        descriptions[page] = said["description"]
        assert said["og:description"] == said["description"]
        assert said["og:title"] == title_of(PROJECT.docs / language / page)
        assert said["og:site_name"] == WORDS[language]["site_name"]
        assert said["og:locale"] == {"zh": "zh_CN", "en": "en_US"}[language]
        assert said["og:url"].endswith(
            f"/{language}/{page.rpartition('.')[0]}/".replace("index/", "")
        )
        address, _, picture = said["og:image"].partition("/share/")
        assert said["og:url"].startswith(f"{address}/{language}/")
        header = (built_site / "share" / picture).read_bytes()[:24]
        assert header[:8] == b"\x89PNG\r\n\x1a\n"
        assert struct.unpack(">II", header[16:]) == SIZE
        assert (said["og:image:width"], said["og:image:height"]) == tuple(map(str, SIZE))
    assert len(set(descriptions.values())) == len(ORDER)
    for page, description in descriptions.items():
        assert len(description) > 15, page
        assert description[-1] in ".?!。？！”", page


@every_language
def test_titles_are_plain_text_and_read_well(built_site: Path, language: str) -> None:
    for page in ORDER:
        text = built(built_site, language, page)
        heading = re.search(r"<h1[^>]*>(.*?)<a class=\"headerlink", text, re.DOTALL)
        assert heading is not None
        assert heading[1] == title_of(PROJECT.docs / language / page)
        tab = html.unescape(re.search(r"<title>(.*?)</title>", text)[1])
        site_name = WORDS[language]["site_name"]
        assert tab == (site_name if page == "index.md" else f"{heading[1]} - {site_name}")
        assert not re.search(r"[_$\\^{}]", tab), tab


@every_language
def test_the_site_and_its_home_page_have_one_title(built_site: Path, language: str) -> None:
    words = WORDS[language]
    assert title_of(PROJECT.docs / language / "index.md") == words["site_name"]
    text = built(built_site, language, "index.md")
    links = re.findall(r'<a href="[^"]*" class="md-nav__link[^>]*>(.*?)</a>', text, re.DOTALL)
    names = [re.sub(r"<[^>]*>|\s+", "", link) for link in links]
    assert words["home"] in names
    assert words["site_name"].replace(" ", "") not in names


@every_language
def test_the_navigation_is_in_parts(built_site: Path, language: str) -> None:
    text = built(built_site, language, "softmax.md")
    menu = text[text.index('class="md-nav md-nav--primary"') : text.index("<article")]
    shown, part = {}, ""
    label = r'<label class="md-nav__link"[^>]*>\s*<span class="md-ellipsis">\s*(.*?)\s*</span>'
    link = r'<a href="(?!#)([^"]*)" class="md-nav__link'
    for title, address in re.findall(f"{label}|{link}", menu, re.DOTALL):
        part = title or part
        if address:
            shown[normpath(f"softmax/{address}").replace(".", "index")] = part
    names = {"": "", **WORDS[language]["parts"]}
    expected = {page.rpartition(".")[0]: names[part] for page, part in ORDER.items()}
    assert {key: shown.get(key) for key in expected} == expected
    assert list(names)[1:] == list(dict.fromkeys(part for part in ORDER.values() if part))


@pytest.mark.parametrize("repository", ["", "https://example.org/book"])
@every_language
def test_every_page_links_to_the_repository_if_there_is_one(
    built_site: Path, language: str, repository: str
) -> None:
    templates = Environment(loader=FileSystemLoader(ROOT / "docs" / "theme" / "partials"))
    words = type("Words", (), {"t": staticmethod(str)})
    page = type("Page", (), {"url": "softmax/"})
    theme = type("Config", (), {"theme": type("Theme", (), {"language": language})})
    footer = templates.get_template("copyright.html").render(
        repository=repository, lang=words, page=page, config=theme
    )
    links = [html.unescape(link) for link in re.findall(r'href="([^"]*)"', footer)]
    wrong = f"{repository}/issues/new?template=wrong.yml&where={language}/softmax/"
    assert links == ([repository, wrong] if repository else [])
    if repository == PROJECT.addresses.get("Repository", "").rstrip("/"):  # as the site is built
        for name in ORDER:
            text = built(built_site, language, name)
            assert ("template=wrong.yml" in text) == bool(repository), name
    form = (ROOT / ".github" / "ISSUE_TEMPLATE" / "wrong.yml").read_text("utf-8")
    assert "id: where" in form, "the link fills in this field"


def test_chinese_words_on_english_pages_say_that_they_are_chinese(built_site: Path) -> None:
    marked = 0
    for page in ORDER:
        text = built(built_site, "en", page)
        article = text[text.index("<article") : text.index("</article>")]
        assert with_languages(article) == article, f"{page} has words that are not marked"
        marked += article.count('<span lang="zh-Hans">')
    assert marked > 100
