"""No link, anchor or image leads nowhere: on a page, and on the built site."""

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from press.check.book import Page
from press.check.tags import Tag, tags_of

__all__ = ["broken_links", "broken_site_links"]

_ADDRESSES = {"href", "src", "poster", "data", "xlink:href"}
_RAW_MARKDOWN_LINK = re.compile(
    r"<a\s[^>]*href=[\"']([^\"':]+\.(?:md|ipynb))(?:#[^\"']*)?[\"']", re.IGNORECASE
)


@dataclass(frozen=True)
class _Built:
    """A built page.

    Attributes:
        addresses: where its links, images and scripts lead on this host.
        anchors: what links may name on it.
    """

    addresses: list[str]
    anchors: frozenset[str]

    @classmethod
    def read(cls, file: Path) -> "_Built":
        """Read a built page."""
        tags = tags_of(file.read_text("utf-8"))
        anchors = (tag.attributes.get(name) for tag in tags for name in ("id", "name"))
        return cls(_addresses(tags), frozenset(filter(None, anchors)))


def broken_links(page: Page) -> Iterator[tuple[int, str]]:
    """Yield line and message for every address on a page that leads nowhere."""
    for match in _RAW_MARKDOWN_LINK.finditer(page.text.body):
        line = page.text.first_line + page.text.body.count("\n", 0, match.start())
        yield line, f"{match[1]!r} stands in raw HTML, where nothing turns .md into an address"
    for address in _addresses(page.tags):
        if reason := _leads_nowhere(page, address):
            pattern = re.escape(address) + r"(?![\w-])" if address else r"""\]\(\s*\)|=["']{2}"""
            lines = page.text.lines_with(pattern)
            yield next(lines, page.text.first_line), f"{address!r} leads nowhere: {reason}"


def broken_site_links(site: Path, base: str = "/") -> Iterator[tuple[Path, str]]:
    """Yield file and message for every address of a built site that leads nowhere.

    Args:
        site: the folder that was built.
        base: the path below which it is published.
    """
    pages = {file: _Built.read(file) for file in sorted(site.rglob("*.html"))}
    for file, page in pages.items():
        for address in page.addresses:
            if reason := _missing_in_site(site, base, file, address, pages):
                yield file, f"{address!r} leads nowhere: {reason}"


def _addresses(tags: Sequence[Tag]) -> list[str]:
    """Return the addresses on this host, each once, in order."""
    addresses: dict[str, None] = {}
    for tag in tags:
        for name, value in tag.attributes.items():
            local = name in _ADDRESSES and not urlsplit(value).scheme
            if local and not value.startswith("//") and (value or name != "href"):
                addresses[value] = None
    return list(addresses)


def _leads_nowhere(page: Page, address: str) -> str:
    """Return why an address on a page leads nowhere, or nothing."""
    project = page.book.project
    if not address:
        return "it is empty"
    target, _, anchor = unquote(address).partition("#")
    other = page.path
    if target.startswith("/"):
        for prefix, folder in (("/listings/", project.listings), ("/source/", project.source)):
            if target.startswith(prefix):
                there = (folder / target.removeprefix(prefix)).is_file()
                return "" if there else "there is no such file"
        other = project.api_page(page.language)  # where a source fence leads
        if target != f"/{other.name}":
            return "an address must start at the page, not at the host"
        target = ""
    elif target.endswith((".md", ".ipynb")):
        other = (page.path.parent / target).resolve()
    elif target:
        inner = page.path.relative_to(project.docs).with_suffix("")
        here = "/" + (str(inner.parent) if inner.name == "index" else str(inner)) + "/"
        url = posixpath.normpath(posixpath.join(here, target))
        static = [project.docs / url[1:], project.docs / re.sub(r"^/\w+/", "", url)]
        if not re.search(rf"""=\s*["']?{re.escape(address)}["'\s>]""", page.text.body):
            beside = posixpath.normpath(page.path.parent / target)
            static.append(Path(beside))  # in Markdown an address starts at the file
        if any(path.is_file() for path in static):
            return ""
        names = (f"{url[1:]}.md", f"{url[1:]}/index.md", f"{url[1:]}.ipynb")
        candidates = [project.docs / name for name in names]
        other = next(filter(project.has_page, candidates), candidates[0])
    if not project.has_page(other):
        return "there is no such page"
    if anchor and anchor not in page.book.page(other).ids:
        return f"{other.name} has no anchor {anchor!r}"
    return ""


def _missing_in_site(
    site: Path, base: str, file: Path, address: str, pages: Mapping[Path, _Built]
) -> str:
    """Return why an address in a built file leads nowhere, or nothing."""
    if not address:
        return "it is empty"
    target, _, anchor = unquote(urlsplit(address)._replace(query="").geturl()).partition("#")
    other = file
    if target.startswith("/"):
        if not target.startswith(base):
            return f"it lies outside {base}"
        other = site / target.removeprefix(base)
    elif target:
        other = Path(posixpath.normpath(file.parent / target))
    if other.is_dir():
        other /= "index.html"
    if not other.is_file():
        return "there is no such file"
    html = pages.get(Path(posixpath.normpath(other)))
    if anchor and other.suffix == ".html" and (html is None or anchor not in html.anchors):
        return f"{other.relative_to(site)} has no anchor {anchor!r}"
    return ""
