"""What the one configuration of the site says to whoever renders its pages without building it.

The file is MkDocs' own, mkdocs.yml; its successors read it, too. MkDocs itself is not asked.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import yaml

from press.project import Project

__all__ = ["EXTENSION", "book_order", "markdown_extensions", "site_settings"]

EXTENSION = "press.render"  # how mkdocs.yml names the extension of the press


def site_settings(project: Project) -> dict[str, Any]:
    """Return what mkdocs.yml says; its environment variables are not looked up."""
    return _parsed((project.root / "mkdocs.yml").read_text("utf-8-sig"))


def book_order(project: Project) -> dict[str, str]:
    """Return every page of the navigation, in its order, and the part that it belongs to."""
    return dict(_pages(site_settings(project)["nav"], ""))


def _pages(entries: list[Any], part: str) -> Iterator[tuple[str, str]]:
    """Yield the pages of a list of the navigation, in which one may have a title."""
    for entry in entries:
        for title, inner in entry.items() if isinstance(entry, dict) else [("", entry)]:
            if isinstance(inner, list):
                yield from _pages(inner, title)
            else:
                yield inner, part


def markdown_extensions(project: Project) -> dict[str, dict[str, Any]]:
    """Return the Markdown extensions of mkdocs.yml, in order, and the settings of each.

    MkDocs adds ``toc``, ``tables`` and ``fenced_code`` by itself, and so does this.
    """
    extensions: dict[str, dict[str, Any]] = {"toc": {}, "tables": {}, "fenced_code": {}}
    for entry in site_settings(project).get("markdown_extensions", []):
        name, options = next(iter(entry.items())) if isinstance(entry, dict) else (entry, {})
        extensions[name] = dict(options or {})
    return extensions


@lru_cache(maxsize=8)  # by what is written: no edit is overlooked
def _parsed(text: str) -> dict[str, Any]:
    return dict(yaml.load(text, _Plain))  # noqa: S506


class _Plain(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # ten times as fast
    """A loader that reads past the tags that only MkDocs understands."""


def _past_tag(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> object:
    """Return a tagged node's content without its tag."""
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node)
    return loader.construct_scalar(node) if isinstance(node, yaml.ScalarNode) else None


_Plain.add_multi_constructor("!", _past_tag)
_Plain.add_multi_constructor("tag:yaml.org,2002:python/", _past_tag)
