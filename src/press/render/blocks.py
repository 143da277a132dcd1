"""The placeholders of blocks become elements, so that a site generator sees their links."""

import html
import json
import re
import xml.etree.ElementTree as etree

from markdown import Markdown
from markdown.blockprocessors import BlockProcessor
from markdown.util import AtomicString

from press.render.bundles import BundleError, bundles_of
from press.render.drawings import compact
from press.render.highlighting import highlighted, highlighted_and_folded, printed
from press.render.insert_placeholders import with_placeholders
from press.render.page_state import PageState
from press.render.placeholders import PLACEHOLDER, number_of, placeholder
from press.syntax.definitions import SourceError, entry_of, find_definition, origin_of, public_names
from press.syntax.states import StateError, read_schema
from press.syntax.woven import (
    Api,
    Block,
    Cell,
    Figure,
    Formula,
    Interactive,
    Listing,
    Source,
    Woven,
)

__all__ = ["Blocks"]

PROMPTS = 3  # more than that nobody tries
REM = 20  # what the lengths of a figure are parts of
# How a drawing looks by itself: on a page its root is not the document's, and nothing matches.
_ALONE = re.compile(r"<style>\s*svg:root.*?</style>\s*", re.DOTALL)


class Blocks(BlockProcessor):
    """Turn the placeholders of blocks into elements."""

    def __init__(self, md: Markdown, page: PageState) -> None:
        super().__init__(md.parser)
        self.md = md
        self.page = page
        self.reads_api = False

    def item(self, block: str) -> tuple[int, Woven] | None:
        """Return the woven block that a block of text stands for, if it does."""
        match = PLACEHOLDER.fullmatch(
            block.strip("\n")
        )  # indented, it belongs to a call-out or a list
        if match is None:
            return None
        index = number_of(match[1])
        item = self.page.recognised.items[index]
        is_block = isinstance(item, Block) or (isinstance(item, Formula) and item.display)
        return (index, item) if is_block else None

    def test(self, parent: etree.Element, block: str) -> bool:
        """Return whether a block of text is the placeholder of a woven block."""
        return self.item(block) is not None

    def run(self, parent: etree.Element, blocks: list[str]) -> None:
        """Replace the placeholder by an element."""
        block = self.item(blocks.pop(0))
        if block is None:
            return
        index, item = block
        self.page.blocks.append(index)
        if isinstance(item, Formula):
            etree.SubElement(parent, "div", {"class": "press-math"}).text = placeholder(index)
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
        if isinstance(item, Interactive):
            self.interactive(figure, item)

    def listing(self, figure: etree.Element, item: Listing) -> None:
        """Fill in a program, its recorded output and a link to the file."""
        path = self.page.project.listings / item.path
        recorded = path.with_suffix(".out")
        labels = self.page.labels
        figure.set("data-press", "listing")
        caption = etree.SubElement(figure, "figcaption")
        if item.wrong:
            figure.set("class", "press-listing press-wrong")
            flag = etree.SubElement(caption, "strong", {"class": "press-flag"})
            flag.text = AtomicString(labels["wrong"])
        if not path.is_file() or path.suffix != ".py":
            message = f"a listing must be a .py file below docs/listings; there is no {item.path}"
            self.raw(figure, self.page.problem(item, message))
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
            self.raw(figure, self.page.problem(item, message))
        elif output := recorded.read_text("utf-8"):
            self.raw(figure, printed(labels["output"], output))

    def source(self, figure: etree.Element, item: Source) -> None:
        """Fill in a definition and a link to its module."""
        figure.set("data-press", "source")
        caption = etree.SubElement(figure, "figcaption")
        root = self.page.project.source
        try:
            definition = find_definition(root, item.module, item.symbol)
        except SourceError as error:
            self.raw(figure, self.page.problem(item, str(error)))
            return
        inner = definition.path.relative_to(root).as_posix()
        link = etree.SubElement(caption, "a", {"class": "press-name", "href": f"/source/{inner}"})
        link.text = AtomicString(f"{item.module}.")
        # In an element of its own: a line that is too short breaks before the symbol, not in it.
        etree.SubElement(link, "span").text = AtomicString(item.symbol)
        public = item.module in self.page.project.modules
        entry = entry_of(root, item.module, item.symbol) if public else None
        page = self.page.project.api_page(self.page.language)
        if entry and page.is_file():
            attributes = {"class": "press-entry", "href": f"/{page.name}#{entry}"}
            etree.SubElement(caption, "a", attributes).text = AtomicString("API")
        summary = self.page.labels["docstring"]
        code = definition.text + "\n"
        self.raw(figure, highlighted_and_folded(code, definition.insides, summary))

    def api(self, section: etree.Element, item: Api) -> None:
        """Fill in what mkdocstrings makes of a module, and where its other names stand."""
        section.set("data-press", "api")
        root = self.page.project.source
        try:
            origins = {
                name: origin_of(root, item.module, name) for name in public_names(root, item.module)
            }
        except SourceError as error:
            self.raw(section, self.page.problem(item, str(error)))
            return
        defined_here = [name for name, origin in origins.items() if origin == item.module]
        self.read_api()
        options = f"    options:\n      members: {json.dumps(defined_here)}"
        self.parser.parseBlocks(section, [f"::: {item.module}\n{options}"])
        if len(defined_here) < len(origins):
            rows = etree.SubElement(section, "ul")
        for name in (name for name in origins if name not in defined_here):
            row = etree.SubElement(rows, "li", {"id": f"{item.module}.{name}"})
            link = etree.SubElement(
                row, "a", {"class": "press-entry", "href": f"#{origins[name]}.{name}"}
            )
            etree.SubElement(link, "code").text = AtomicString(name)

    def read_api(self) -> None:
        """Let the page's Markdown read ``::: module``; half a second that one page needs."""
        from press.render.reference import add_api  # noqa: PLC0415

        if not self.reads_api:
            add_api(self.md, self.page.project, self.page.language)
        self.reads_api = True

    def figure(self, figure: etree.Element, item: Figure) -> None:
        """Fill in a drawing, the words at its axes and its caption."""
        self.axis(figure, item, "y")
        path = self.page.project.figure(item.path)
        if path.is_file() and path.suffix == ".svg":
            alt = with_placeholders(self.page, item.alt_start, item.alt_start + len(item.alt))
            label = html.escape(alt, quote=True)
            drawing = compact(path.read_text("utf-8"))
            drawing = _ALONE.sub("", drawing, count=1)
            drawing = re.sub(r'\s(?:role|aria-label)="[^"]*"', "", drawing, count=2)
            drawing = drawing.replace("<svg", f'<svg role="img" aria-label="{label}"', 1)
            # A reader mode would drop a `div` whose drawing has no words.
            self.raw(figure, f'<span class="press-drawing" data-press="figure">{drawing}</span>')
        else:
            message = f"a figure must be an .svg file below docs/figures; there is no {item.path}"
            self.raw(figure, self.page.problem(item, message))
        self.axis(figure, item, "x")
        caption = etree.SubElement(figure, "figcaption")
        end = item.caption_start + len(item.caption)
        caption.text = with_placeholders(self.page, item.caption_start, end)

    def axis(self, figure: etree.Element, item: Figure, name: str) -> None:
        """Append the words at an axis, those of each panel beside each other."""
        words = item.x if name == "x" else item.y
        if not words:
            return
        axis = etree.SubElement(figure, "p", {"class": f"press-axis press-axis-{name}"})
        told = etree.SubElement(axis, "span", {"class": "press-told"})
        told.text = AtomicString(self.page.labels[name])
        for index, (text, start) in enumerate(words):
            if index:  # between the words of two panels, for those who do not see them apart
                told = etree.SubElement(axis, "span", {"class": "press-told"})
                told.text = AtomicString(self.page.labels["and"])
            panel = etree.SubElement(axis, "span", {"class": "press-panel"})
            panel.text = with_placeholders(self.page, start, start + len(text))

    def interactive(self, figure: etree.Element, item: Interactive) -> None:
        """Add to a still what to try, the address of its script, and the room this will need."""
        figure.set("class", "press-figure press-interactive")
        folder = self.page.project.interactive / item.name
        try:
            schema = read_schema(folder / "state.toml")
            for prompt in item.prompts:
                schema.read(prompt.state)
            narrow, wide = (f"{height / REM:g}rem" for height in schema.heights)
            figure.set("style", f"--narrow:{narrow};--wide:{wide}")
            bundles = bundles_of(self.page.project, self.page.language)
            figure.set("data-module", bundles.entries[item.name])
        except (BundleError, KeyError, StateError) as error:
            self.raw(figure, self.page.problem(item, f"{item.name}: {error}"))
        if len(item.prompts) > PROMPTS:
            message = f"a figure must have at most {PROMPTS} prompts; got {len(item.prompts)}"
            self.raw(figure, self.page.problem(item, message))
        if not item.prompts:
            return
        rows = etree.Element("ul", {"class": "press-prompts"})
        figure.insert(len(figure) - 1, rows)  # before the caption
        for number, prompt in enumerate(item.prompts):
            end = prompt.text_start + len(prompt.text)
            place = {"id": f"{figure.get('id')}-{number}", "data-state": prompt.state}
            text = etree.SubElement(etree.SubElement(rows, "li"), "span", place)
            text.text = with_placeholders(self.page, prompt.text_start, end)

    def raw(self, parent: etree.Element, markup: str) -> None:
        """Append HTML that Markdown leaves alone."""
        stash = self.md.htmlStash.store(markup)
        if len(parent):
            parent[-1].tail = AtomicString((parent[-1].tail or "") + stash)
        else:
            parent.text = AtomicString((parent.text or "") + stash)
