"""The page of the reference: what the docstrings of a module say, as mkdocstrings renders it.

mkdocstrings serves as the Markdown extension that it is, not as a plugin of MkDocs: so a
checker renders what the site shows, a second language and a server's next look start from
nothing, and no host is asked for an inventory. Griffe reads the code and imports nothing.
"""

import re
import xml.etree.ElementTree as etree
from types import SimpleNamespace
from typing import Any

from griffe import Object
from markdown import Markdown
from markdown.extensions import Extension
from markdown.extensions.toc import TocTreeprocessor
from markdown.inlinepatterns import InlineProcessor
from markdown.util import AtomicString
from markupsafe import Markup
from mkdocs_autorefs import AutorefsPlugin
from mkdocstrings import Handlers, MkdocstringsExtension

from press.project import Project
from press.render.highlighting import highlighted
from press.syntax.definitions import SourceError, header_of, origin_of, public_names

__all__ = ["add_api"]

_OPTIONS = {
    "allow_inspection": False,
    "docstring_options": {"returns_multiple_items": False, "returns_named_value": False},
    "filters": ["!^_"],
    "group_by_category": False,
    "heading_level": 3,
    "members_order": "source",
    "merge_init_into_class": True,
    "separate_signature": True,
    "show_bases": False,
    "show_labels": False,
    "show_root_heading": False,
    "show_root_toc_entry": False,
    "show_source": False,
}


def add_api(md: Markdown, project: Project, language: str) -> None:
    """Let a page's Markdown read ``::: module``; the templates are those of docs/theme."""
    toc = md.treeprocessors["toc"]
    permalinks = {}
    if isinstance(toc, TocTreeprocessor):
        permalinks = {"permalink": toc.use_permalinks, "permalink_title": toc.permalink_title}
    handlers = Handlers(
        theme="material",
        default="python",
        inventory_project="",
        locale=language,
        custom_templates=str(project.docs / "theme" / "api"),
        handlers_config={"python": {"paths": [str(project.source)], "options": _OPTIONS}},
        mdx=["toc", _PlainText(_entries(project))],
        mdx_config={"toc": permalinks},
        tool_config=SimpleNamespace(config_file_path=str(project.root / "mkdocs.yml")),
    )

    def signature(thing: Object) -> Markup:
        """Return how a definition starts, as it stands in src."""
        module = thing.module.path
        header = header_of(project.source, module, thing.path.removeprefix(f"{module}."))
        return Markup(highlighted(header + "\n"))  # noqa: S704 - Pygments escapes it

    def session(code: str) -> Markup:
        """Return a doctest."""
        return Markup(highlighted(code + "\n", console=True))  # noqa: S704 - Pygments escapes it

    env: Any = handlers.get_handler("python").env
    env.globals |= {"signature": signature, "session": session}
    MkdocstringsExtension(handlers, AutorefsPlugin()).extendMarkdown(md)


def _entries(project: Project) -> dict[str, str]:
    """Return the anchor of every public name, found by its full name and by the name alone.

    Where several modules have the name, the name alone is that of the outermost.
    """
    entries = dict[str, str]()
    for module in sorted(project.modules, key=lambda module: module.count(".")):
        try:
            names = public_names(project.source, module)
        except SourceError:
            continue
        for name in names:
            entry = f"{origin_of(project.source, module, name)}.{name}"
            entries[f"{module}.{name}"] = entry
            entries.setdefault(name, entry)
    return entries


class _PlainText(Extension):
    """Docstrings are plain text with code in it: `*batch` opens no emphasis, `<s>` no tag."""

    def __init__(self, entries: dict[str, str]) -> None:
        super().__init__()
        self.entries = entries

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Markdown's name
        md.preprocessors.deregister("html_block")
        for name in ("autolink", "automail", "em_strong", "html"):
            md.inlinePatterns.deregister(name)
        role = _Role(r":(?:attr|class|func|meth|mod):`~?([\w.]+)`", self.entries)
        md.inlinePatterns.register(role, "role", 195)  # before the backticks
        md.inlinePatterns.register(_Minus(r"(?<![\w.)-])-(?=inf\b|\d)"), "minus", 180)  # after them


class _Minus(InlineProcessor):
    """The minus of a number, from which no line parts it."""

    def handleMatch(  # type: ignore[override]  # noqa: N802 - Markdown's name
        self, m: re.Match[str], data: str
    ) -> tuple[str, int, int]:
        """Return the sign."""
        return "−", m.start(0), m.end(0)


class _Role(InlineProcessor):
    """A name as docstrings refer to it, :func:`name`, leads to its entry."""

    def __init__(self, pattern: str, entries: dict[str, str]) -> None:
        super().__init__(pattern)
        self.entries = entries

    def handleMatch(  # type: ignore[override]  # noqa: N802 - Markdown's name
        self, m: re.Match[str], data: str
    ) -> tuple[etree.Element, int, int]:
        """Return the name as code, and as a link if it has an entry."""
        name = m[1]
        owner, _, member = name.rpartition(".")
        entry = self.entries.get(name) or f"{self.entries.get(owner, '')}.{member}"
        code = etree.Element("code")
        code.text = AtomicString(name)
        if entry.startswith("."):
            return code, m.start(0), m.end(0)
        link = etree.Element("a", {"class": "press-entry", "href": f"#{entry}"})
        link.append(code)
        return link, m.start(0), m.end(0)
