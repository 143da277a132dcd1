"""The Chinese that a reader sees is set as Chinese is: spaces, punctuation, one term a thing."""

import re
from html.parser import HTMLParser
from pathlib import Path

import autocorrect_py
import pytest

from press.project import Project
from press.syntax.pages import read_page

ROOT = Path(__file__).parents[2]
PAGES = Project.load(ROOT).pages("zh")
BLOCKS = {"p", "li", "td", "th", "h1", "h2", "h3", "h4", "figcaption", "summary", "dt", "dd"}
SKIPPED = {"headerlink", "press-api", "press-listing", "press-source", "press-tex"}  # not prose
STANDS_FOR = {"math": "x", "code": "code", "pre": "", "svg": "", "samp": "", "button": ""}


class Blocks(HTMLParser):
    """Collects the text of each block, with a word for each formula and piece of code."""

    def __init__(self) -> None:
        super().__init__()
        self.texts = [""]
        self.inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        classes = dict(attrs).get("class") or ""
        if tag in BLOCKS and not self.inside:
            self.texts.append("")
        skipped = SKIPPED & set(classes.split())
        if self.inside or tag in STANDS_FOR or skipped:
            if not self.inside:
                self.texts[-1] += STANDS_FOR.get(tag, "")
            self.inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.inside:
            while self.inside and self.inside.pop() != tag:
                pass
        elif tag in BLOCKS:
            self.texts.append("")

    def handle_data(self, data: str) -> None:
        if not self.inside:
            self.texts[-1] += data


def blocks_of(page: str) -> list[str]:
    start = page.index("<article")
    article = page[start : page.index("</article>", start)]
    article = article.partition('<details class="press-provenance"')[0]
    parser = Blocks()
    parser.feed(article)
    return [" ".join(text.split()) for text in parser.texts if text.strip()]


@pytest.mark.parametrize("page", PAGES, ids=[page.stem for page in PAGES])
def test_chinese_is_set_as_chinese(page: Path, built_site: Path) -> None:
    inner = page.relative_to(ROOT / "docs").with_suffix("")
    inner = inner.parent if page.stem == "index" else inner
    html = (built_site / inner / "index.html").read_text("utf-8")
    blocks = blocks_of(html)
    assert len(blocks) > 5, "a page has blocks of text"
    wrong = [(text, autocorrect_py.format(text)) for text in blocks]
    wrong = [(text, better) for text, better in wrong if better != text]
    assert not wrong, "\n".join(f"{text}\n    → {better}" for text, better in wrong)


@pytest.mark.parametrize("page", PAGES, ids=[page.stem for page in PAGES])
def test_a_chinese_paragraph_is_one_line(page: Path) -> None:
    # A line break inside a paragraph would show as a space between two characters.
    text = re.sub(r"^```.*?^```$", "", read_page(page).body, flags=re.MULTILINE | re.DOTALL)
    broken = re.findall(r"[一-鿿，。；：、！？]\n[ ]*[一-鿿（“]", text)
    assert not broken


def test_the_setting_is_checked_and_not_assumed() -> None:
    page = "<article><p>共有12个query</p><p>好 <code>a=1</code> 的。</p></article>"
    assert blocks_of(page) == ["共有12个query", "好 code 的。"]
    assert autocorrect_py.format("共有12个query") == "共有 12 个 query"
