"""One language of the site as MkDocs builds it, whose pages are rendered one by one.

MkDocs renders all pages in one go. While serving, it is told that no page has changed: it
builds the navigation, the assets and the theme. Its own two steps for a page, which read
and write it, are called when the page is needed.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs.commands.build import _build_page, _populate_page, build
from mkdocs.structure.files import InclusionLevel

if TYPE_CHECKING:
    import jinja2
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.nav import Navigation
    from mkdocs.structure.pages import Page

__all__ = ["SiteFrame"]


class SiteFrame:
    """One language of the site.

    Attributes:
        config: how MkDocs builds it.
        nav: its navigation, once MkDocs has made it.
    """

    def __init__(self, config: MkDocsConfig, finish: Callable[[MkDocsConfig], None]) -> None:
        """Keep the configuration and what finishes the site; nothing is built yet."""
        self.config = config
        self._finish = finish
        self.nav: Navigation | None = None
        self._pages: dict[Path, Page] = {}
        self._addresses: dict[str, Path] = {}
        self._parts: tuple[Files, jinja2.Environment] | None = None

    def build(self) -> None:
        """Build everything but the pages, without MkDocs' warning that they are skipped."""
        builder = logging.getLogger("mkdocs.commands.build")
        builder.addFilter(_quiet)
        try:
            build(self.config, serve_url=self.config.site_url, dirty=True)
        finally:
            builder.removeFilter(_quiet)

    def keep(self, files: Files, env: jinja2.Environment) -> None:
        """Keep what MkDocs has made for its pages."""
        self._parts = files, env
        folder = Path(self.config.docs_dir).resolve()
        listed = self.nav.pages if self.nav else []
        others = [file.page for file in files.documentation_pages() if file.page not in listed]
        pages = [page for page in (*listed, *others) if page is not None]
        self._pages = {folder / page.file.src_uri: page for page in pages}
        self._addresses = {page.url: path for path, page in self._pages.items()}

    def page_at(self, address: str) -> Path | None:
        """Return the page that an address belongs to: its own, or of a file beside it."""
        folder, _, name = address.rpartition("/")
        without_slash = self._addresses.get(f"{address}/") if name else None
        return without_slash or self._addresses.get(f"{folder}/" if folder else "")

    def order(self) -> list[Path]:
        """Return the pages in the order of the navigation."""
        return list(self._pages)

    def render(self, path: Path) -> None:
        """Render one page and write it."""
        if self._parts is None or self.nav is None:
            raise RuntimeError(f"a frame must be built before its pages; got {path}")
        files, env = self._parts
        page = self._pages[path]
        if page is not self.nav.homepage:  # its title is given
            with suppress(AttributeError):
                del page.title  # the page will say it
        _populate_page(page, self.config, files)
        shown = files.documentation_pages(inclusion=InclusionLevel.is_in_serve)
        _build_page(page, self.config, shown, self.nav, env)

    def finish(self) -> None:
        """Write what needs all pages: the text that the search reads."""
        self._finish(self.config)


def _quiet(record: logging.LogRecord) -> bool:
    return "'dirty' build" not in record.getMessage()
