"""The text that a language's search reads: one file, which browsers load when it is needed."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from mkdocs.structure.pages import Page

from press.render.search import Named, PageEntry, entry_of

__all__ = ["SearchText"]

_FILE = "search/index.json"


class SearchText:
    """What the search knows of the pages that have been rendered."""

    def __init__(self) -> None:
        """Start without a page."""
        self._entries: dict[str, PageEntry] = {}

    def add(self, page: Page) -> PageEntry:
        """Take what a page says, in place of what it said before, and return it."""
        entry = self._entries[page.url] = entry_of(page.content or "")
        return entry

    def write(self, site: Path, pages: Iterable[Page], chapters: Iterable[str]) -> None:
        """Write the text of all pages.

        Args:
            site: the folder of the language.
            pages: in the order of the book.
            chapters: the stems of those that explain something; the others are reference.
        """
        rows, glossary = list[Any](), list[Named]()
        explaining = dict[str, PageEntry]()
        for page in pages:
            entry = self._entries.get(page.url, PageEntry(page.title or ""))
            sections = [[s.anchor, s.title, s.text, s.code] for s in entry.sections]
            url = page.url.removeprefix("./")
            chapter = Path(url).name in chapters
            rows.append(
                {"url": url, "title": entry.title, "chapter": chapter, "sections": sections}
            )
            glossary += [Named(n.names, n.link and urljoin(url, n.link)) for n in entry.names]
            if chapter:
                explaining[url] = entry
        names = [[n.names, n.link or _explained(n.names, explaining)] for n in glossary]
        text = json.dumps(
            {"pages": rows, "names": names}, ensure_ascii=False, separators=(",", ":")
        )
        (site / _FILE).parent.mkdir(parents=True, exist_ok=True)
        (site / _FILE).write_text(text, "utf-8")


def _explained(names: Iterable[str], chapters: Mapping[str, PageEntry]) -> str:
    """Return where a chapter explains a thing: it has the name in bold, and is most about it."""
    places = []
    for name in names:
        for url, entry in chapters.items():
            if name in entry.bold:
                times = sum(section.text.count(name) for section in entry.sections)
                title = entry.title.lower()
                about = (title.startswith(name.lower()), name.lower() in title, times)
                places.append((about, f"{url}#{entry.bold[name]}"))
    return max(places)[1] if places else ""
