"""The marks of blocks become elements, so that a site generator sees their links."""

from __future__ import annotations

import html
import json
import re
import xml.etree.ElementTree as etree
from functools import lru_cache
from typing import TYPE_CHECKING, cast

from markdown import Markdown
from markdown.blockprocessors import BlockProcessor
from markdown.util import AtomicString
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonConsoleLexer, PythonLexer

from press.render.placeholders import MARK, mark, number_of
from press.syntax.definitions import SourceError, entry_of, find_definition, origin_of, public_names
from press.syntax.recognise import Api, Cell, Figure, Formula, Listing, Source, Woven

if TYPE_CHECKING:
    from press.render.extension import Mark, PressExtension

__all__ = ["Blocks", "highlighted", "printed"]


class Blocks(BlockProcessor):
    """Turn the marks of blocks into elements."""

    def __init__(self, md: Markdown, press: PressExtension) -> None:
        super().__init__(md.parser)
        self.md = md
        self.press = press

    def item(self, block: str) -> tuple[int, Woven] | None:
        """Return the woven block that a block of text stands for, if it does."""
        match = MARK.fullmatch(block.strip("\n"))  # indented, it belongs to a call-out or a list
        if match is None:
            return None
        index = number_of(match[1])
        item = self.press.recognised.items[index]
        block_kind = isinstance(item, Listing | Source | Figure | Cell | Api)
        return (index, item) if block_kind or getattr(item, "display", False) else None

    def test(self, parent: etree.Element, block: str) -> bool:
        """Return whether a block of text is the mark of a woven block."""
        return self.item(block) is not None

    def run(self, parent: etree.Element, blocks: list[str]) -> None:
        """Replace the mark by an element."""
        found = self.item(blocks.pop(0))
        if found is None:
            return
        index, item = found
        self.press.blocks.append(index)
        if isinstance(item, Formula):
            etree.SubElement(parent, "div", {"class": "press-math"}).text = mark(index)
            return
        if isinstance(item, Cell):  # what it shows is put there when the lab is
            place = {"class": "press-cell", "data-press": "cell", "id": f"cell-{item.name}"}
            etree.SubElement(parent, "div", place)
            return
        if isinstance(item, Api):
            self.api(etree.SubElement(parent, "div", {"class": "press-api", "lang": "en"}), item)
            return
        kind = f"press-{item.kind}"
        figure = etree.SubElement(parent, "figure", {"class": kind})
        if isinstance(item, Listing):
            self.listing(figure, item)
        elif isinstance(item, Source):
            self.source(figure, item)
        elif isinstance(item, Figure):
            figure.set("id", f"figure-{index}")
            self.figure(figure, item)

    def listing(self, figure: etree.Element, item: Listing) -> None:
        """Fill in a program, its recorded output and a link to the file."""
        path = self.press.book.listings / item.path
        recorded = path.with_suffix(".out")
        labels = self.press.labels
        figure.set("data-press", "listing")
        caption = etree.SubElement(figure, "figcaption", {"data-search-exclude": "1"})
        if item.wrong:
            figure.set("class", "press-listing press-wrong")
            flag = etree.SubElement(caption, "strong", {"class": "press-flag"})
            flag.text = AtomicString(labels["wrong"])
        if not path.is_file() or path.suffix != ".py":
            message = f"a listing is a .py file below docs/listings; there is no {item.path}"
            self.raw(figure, self.press.problem(item, message))
            return
        name = etree.SubElement(caption, "span", {"class": "press-name"})
        name.text = AtomicString(item.path)
        link = etree.SubElement(
            caption,
            "a",
            {"class": "press-download", "download": "", "href": f"/listings/{item.path}"},
        )
        link.text = AtomicString(labels["download"])
        self.raw(figure, highlighted(path.read_text("utf-8-sig")))
        if not recorded.is_file():
            message = f"{item.path} has no recorded output; run `python -m press update`"
            self.raw(figure, self.press.problem(item, message))
        elif output := recorded.read_text("utf-8"):
            self.raw(figure, printed(labels["output"], output))

    def source(self, figure: etree.Element, item: Source) -> None:
        """Fill in a definition and a link to its module."""
        figure.set("data-press", "source")
        caption = etree.SubElement(figure, "figcaption", {"data-search-exclude": "1"})
        root = self.press.book.source
        try:
            definition = find_definition(root, item.module, item.symbol)
        except SourceError as error:
            self.raw(figure, self.press.problem(item, str(error)))
            return
        inner = definition.path.relative_to(root).as_posix()
        link = etree.SubElement(caption, "a", {"class": "press-name", "href": f"/source/{inner}"})
        link.text = AtomicString(f"{item.module}.{item.symbol}")
        public = item.module in self.press.book.modules
        entry = entry_of(root, item.module, item.symbol) if public else None
        page = self.press.book.api_page(self.press.getConfig("language"))
        if entry and page.is_file():
            attributes = {"class": "press-entry", "href": f"/{page.name}#{entry}"}
            etree.SubElement(caption, "a", attributes).text = AtomicString("API")
        self.raw(figure, highlighted(definition.text + "\n"))

    def api(self, section: etree.Element, item: Api) -> None:
        """Fill in what mkdocstrings makes of a module, and where its other names stand."""
        section.set("data-press", "api")
        root = self.press.book.source
        try:
            origins = {
                name: origin_of(root, item.module, name) for name in public_names(root, item.module)
            }
        except SourceError as error:
            self.raw(section, self.press.problem(item, str(error)))
            return
        own = [name for name, origin in origins.items() if origin == item.module]
        self.press.read_api(self.md)
        options = f"    options:\n      members: {json.dumps(own)}"
        self.parser.parseBlocks(section, [f"::: {item.module}\n{options}"])
        if len(own) < len(origins):
            rows = etree.SubElement(section, "ul")
        for name in (name for name in origins if name not in own):
            row = etree.SubElement(rows, "li", {"id": f"{item.module}.{name}"})
            link = etree.SubElement(
                row, "a", {"class": "press-entry", "href": f"#{origins[name]}.{name}"}
            )
            etree.SubElement(link, "code").text = AtomicString(name)

    def figure(self, figure: etree.Element, item: Figure) -> None:
        """Fill in a drawing and its caption."""
        marker = cast("Mark", self.md.preprocessors["press"])
        path = self.press.book.figure(item.path)
        if path.is_file() and path.suffix == ".svg":
            alt = marker.weave(item.alt_start, item.alt_start + len(item.alt))
            label = html.escape(alt, quote=True)
            drawing = re.sub(r"^\s*<\?xml.*?\?>\s*", "", path.read_text("utf-8"))
            drawing = re.sub(r'\s(?:role|aria-label)="[^"]*"', "", drawing, count=2)
            drawing = drawing.replace(
                "<svg", f'<svg role="img" data-search-exclude="1" aria-label="{label}"', 1
            )
            self.raw(figure, f'<div class="press-drawing" data-press="figure">{drawing}</div>')
        else:
            message = f"a figure is an .svg file below docs/figures; there is no {item.path}"
            self.raw(figure, self.press.problem(item, message))
        caption = etree.SubElement(figure, "figcaption")
        caption.text = marker.weave(item.caption_start, item.caption_start + len(item.caption))

    def raw(self, parent: etree.Element, markup: str) -> None:
        """Append HTML that Markdown leaves alone."""
        stash = self.md.htmlStash.store(markup)
        if len(parent):
            parent[-1].tail = AtomicString((parent[-1].tail or "") + stash)
        else:
            parent.text = AtomicString((parent.text or "") + stash)


def printed(label: str, output: str) -> str:
    """Return what a program printed as HTML."""
    return (
        f'<div class="press-output"><span class="press-label">{label}</span>'
        f"<pre><samp>{html.escape(output, quote=False)}</samp></pre></div>"
    )


@lru_cache(maxsize=512)
def highlighted(code: str, console: bool = False) -> str:
    """Return Python, or a session of its console, as HTML whose text is exactly the code."""
    kind = PythonConsoleLexer if console else PythonLexer
    lexer = kind(stripnl=False, stripall=False, ensurenl=False)
    inner = highlight(code, lexer, HtmlFormatter(nowrap=True))
    inner = inner if code.endswith("\n") else inner.removesuffix("\n")  # Pygments ends every line
    return f'<div class="highlight"><pre><code>{inner}</code></pre></div>'
