"""The Python-Markdown extension that renders the woven things of a page.

It replaces what `press.syntax.recognise` finds by placeholders made of private-use characters
before Markdown sees the page, and the placeholders by HTML after it. So Markdown cannot read a
formula or an expression as markup, and what is rendered is exactly what was recognised: a
placeholder that does not come out exactly once, or comes out inside code, is an error of the page.

Blocks (listings, sources, figures) become elements, so that a site generator sees their
links; what stands in a line becomes text.
"""

from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

from press.project import Project
from press.render.blocks import Blocks
from press.render.insert_placeholders import InsertPlaceholders
from press.render.languages import MarkLanguages
from press.render.page_state import PageState
from press.render.replace_placeholders import ReplacePlaceholders

__all__ = ["PressExtension", "makeExtension"]


class PressExtension(Extension):
    """Weave listings, sources, figures, numbers, formulas and citations into a page.

    Attributes:
        page: what is known of the page that is being rendered, or was last.
    """

    page: PageState

    def __init__(self, project: Project | None = None, **settings: Any) -> None:
        """Take the project, or ``root``; ``language`` and ``on_error`` ("raise" or "show")."""
        self.config = {
            "root": ["", "a folder at or below the project's root"],
            "language": ["en", "language of the press's own words"],
            "on_error": ["raise", "raise a PressError, or show what is wrong on the page"],
            "first_line": [1, "number of the text's first line in its file"],
            "stamp": [False, "stamp every numeral of the prose with its line, for a checker"],
        }
        super().__init__(**settings)
        self.project = project

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Markdown's name
        """Register the steps."""
        project = self.project or Project.load(Path(self.getConfig("root") or "."))
        settings = [self.getConfig(name) for name in ("language", "first_line", "stamp")]
        self.page = page = PageState(project, *settings)
        raises = self.getConfig("on_error") == "raise"
        md.preprocessors.register(InsertPlaceholders(md, page), "press", 100)
        md.parser.blockprocessors.register(Blocks(md, page), "press", 200)
        md.treeprocessors.register(_CallOuts(md), "press-call-outs", -90)
        md.treeprocessors.register(_Tables(md), "press-tables", -95)
        md.treeprocessors.register(_TreeDone(md, page), "press", -100)
        md.postprocessors.register(ReplacePlaceholders(md, page, raises), "press", 0)
        md.postprocessors.register(MarkLanguages(md, page), "press-languages", -10)


def makeExtension(**settings: Any) -> PressExtension:  # noqa: N802 - Markdown's name
    """Return the extension, as Python-Markdown asks for it."""
    return PressExtension(**settings)


class _CallOuts(Treeprocessor):
    """Make call-outs sections: browsers' reader modes drop a short ``div`` that holds a link."""

    def run(self, root: Element) -> None:
        for element in root.iter("div"):
            if "admonition" in element.get("class", "").split():
                element.tag = "section"


class _Tables(Treeprocessor):
    """Lay each table into a box in which it scrolls sideways.

    The theme's script does so with a table that has no class, once a page has been shown, and
    what stands below it jumps.
    """

    def run(self, root: Element) -> None:
        for parent in list(root.iter()):
            for place, table in enumerate(parent):
                if table.tag != "table" or table.get("class"):
                    continue
                box = Element("div", {"class": "press-table"})
                box.tail, table.tail = table.tail, None
                table.set("class", "press-rows")
                parent[place] = box
                box.append(table)


class _TreeDone(Treeprocessor):
    """Tell that the tree is complete: until then ``toc`` asks for the text of headings."""

    def __init__(self, md: Markdown, page: PageState) -> None:
        super().__init__(md)
        self.page = page

    def run(self, root: Element) -> None:
        self.page.tree_done = True
