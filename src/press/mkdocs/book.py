"""The pages of one language as MkDocs renders them, joined and printed as one book."""

from __future__ import annotations

import re
from html import unescape
from itertools import groupby
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup
from mkdocs.exceptions import Abort
from mkdocs.utils import get_build_date

from press.mkdocs.address import address_of_language
from press.palette import LIGHT
from press.paper.chromium import PrintError
from press.paper.join import Chapter, anchor_of, joined

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.pages import Page

    from press.project import Project

__all__ = ["BookPages", "book_name"]

_STYLES = re.compile(r'<link\b[^>]*rel="stylesheet"[^>]*href="([^"]+)"')


def book_name(language: str) -> str:
    """Return the name of the PDF of one language, at the root of that language's site."""
    return f"checked-attention-{language}.pdf"


class BookPages:
    """Collects the content of each page of one language while MkDocs renders it."""

    def __init__(self) -> None:
        """Begin without pages."""
        self._contents: dict[str, str] = {}

    def keep(self, page: Page, html: str) -> None:
        """Keep the content of a page."""
        self._contents[page.url] = html

    def print(self, config: MkDocsConfig, project: Project, pages: Sequence[Page]) -> Path:
        """Print pages, in the order of the navigation, into the site that was built.

        Raises:
            Abort: if they cannot be printed.
        """
        from press.paper.book import print_book  # noqa: PLC0415 - most builds read no PDF

        language = str(config.theme["language"])
        chapters = [self._chapter(page) for page in pages]
        folder = project.root / config.site_dir
        published = address_of_language(project, config)
        contents = joined(chapters, published)
        parts = [
            (title, [chapter for _, chapter in group])
            for title, group in groupby(
                zip(pages, chapters, strict=True),
                lambda each: each[0].parent.title if each[0].parent else "",
            )
        ]
        loader = FileSystemLoader(project.docs / "theme" / "book")
        environment = Environment(loader=loader, autoescape=True)
        environment.filters["css"] = _in_css
        template = environment.get_template("book.html")

        def write(sheets: Mapping[str, int]) -> str:
            return template.render(
                config=config, language=language, parts=parts, contents=contents,
                chapters=chapters, sheets=sheets, anchor_of=anchor_of, styles=_styles(folder),
                published=published, day=get_build_date(), light=LIGHT,
            )  # fmt: skip

        pdf = folder / book_name(language)
        try:
            print_book(chapters, folder / "book.html", pdf, write)
        except PrintError as error:
            raise Abort(str(error)) from None
        return pdf

    def _chapter(self, page: Page) -> Chapter:
        headings = [heading for first in page.toc for heading in first.children]
        sections = tuple((unescape(heading.title), heading.id) for heading in headings)
        return Chapter(page.url, str(page.title), self._contents[page.url], sections)


def _in_css(text: str) -> Markup:
    """Return a text as it stands between quotation marks in a style sheet."""
    return Markup(re.sub(r'["\\<]', lambda sign: f"\\{ord(sign[0]):x} ", text))  # noqa: S704


def _styles(folder: Path) -> list[str]:
    """Return the style sheets that any page of a language loads, as its root would name them."""
    found: dict[str, None] = {}
    for file in sorted(folder.rglob("index.html")):
        for address in _STYLES.findall(file.read_text("utf-8")):
            found[(file.parent / address).resolve().relative_to(folder.resolve()).as_posix()] = None
    return list(found)
