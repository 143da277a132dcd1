"""The Python-Markdown extension that renders the woven things of a page.

It replaces what `press.recognise` finds by marks made of private-use characters before
Markdown sees the page, and the marks by HTML behind it. So Markdown cannot read a formula
or an expression as markup, and what is rendered is exactly what was recognised: a mark
that does not come out exactly once, or comes out inside code, is an error of the page.

Blocks (listings, sources, figures) become elements, so that a site generator sees their
links; what stands in a line becomes text.
"""

import html
import re
import xml.etree.ElementTree as etree
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from markdown import Markdown
from markdown.blockprocessors import BlockProcessor
from markdown.extensions import Extension
from markdown.postprocessors import Postprocessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from press.failure import Failure, PressError
from press.formula import readable, replace_vals, split_vals
from press.literal import LiteralError
from press.mathml import MathError, to_mathml
from press.project import Project
from press.recognise import (
    Citation,
    CodeSpan,
    Figure,
    Formula,
    Listing,
    Number,
    PlainFence,
    Recognised,
    Source,
    Woven,
    recognise,
)
from press.source import SourceError, find_definition

__all__ = ["PressExtension", "Rendered", "makeExtension", "render", "unstamped"]

LABELS = {
    "zh": {
        "output": "输出",
        "download": "下载",
        "wrong": "错误版本",
        "provenance": "本页数字的来源",
        "formula": "公式",
        "install": "运行本页的程序，需要先在仓库副本里安装软件包：",
    },
    "en": {
        "output": "Output",
        "download": "Download",
        "wrong": "Wrong version",
        "provenance": "Where the numbers of this page come from",
        "formula": "Formula",
        "install": (
            "To run the programs of this page, install the package in a copy of the repository: "
        ),
    },
}

# Private-use characters: no page holds them, and Markdown takes them for plain text.
_OPEN, _CLOSE, _STAMP, _STAMP_END = "\ue000", "\ue001", "\ue002", "\ue003"
_CHECKED, _CHECKED_END = "\ue004", "\ue005"  # around a checked literal in an attribute
_DIGITS = {ord(str(i)): chr(0xE010 + i) for i in range(10)}
_MARK = re.compile(f"{_OPEN}([\ue010-\ue019]+){_CLOSE}")
STAMP = re.compile(f"{_STAMP}([\ue010-\ue019]+){_STAMP_END}")
CHECKED = re.compile(f"{_CHECKED}(.*?){_CHECKED_END}")
_TAG = re.compile(  # an attribute in raw HTML may hold a >
    r"""(<!--.*?-->|<(?:[^<>"']|"[^"<]*"|'[^'<]*')*>|<[^<>]*>)""", re.DOTALL
)
NUMERAL = re.compile(r"[^\W\D]+|[²³¹⁰-⁹₀-₉¼-¾⅐-ↈ①-⒛⓪-⓿❶-➓㉈-㉟㊱-㊿]+")
_NOT_TEXT = re.compile(  # what stands in prose and is not shown
    r"""^[ \t>]*\d+\.(?=\s)             # the marker of a list item
      | \{[ ]*[:#.][^}\n]*\}             # attributes
      | (?<=\])\([^()\s]*                # the target of a link or image
      | (?<=\])\[[^\]\n]*\]              # the name of a reference
      | \[\^[^\]\n]+\]                   # the name of a footnote
      | ^\*\[[^\]\n]+\]:                 # an abbreviation
      | ^[ ]{0,3}\[[^\]\n]+\]:[ ]*\S+    # the target of a reference
      | </?[A-Za-z][^<>]*>               # a tag
      | <[a-z]+:[^\s<>]+>                # a bare address
      | &\#?\w+;                         # an entity
    """,
    re.VERBOSE | re.MULTILINE,
)


def mark(index: int) -> str:
    """Return the mark of the item with this index."""
    return _OPEN + str(index).translate(_DIGITS) + _CLOSE


def stamp(line: int) -> str:
    """Return the stamp that tells a checker which line a numeral stands on."""
    return _STAMP + str(line).translate(_DIGITS) + _STAMP_END


def number_of(digits: str) -> int:
    """Return the number that a mark or a stamp holds."""
    return int("".join(str(ord(digit) - 0xE010) for digit in digits))


def unstamped(text: str) -> str:
    """Return what a checker rendered as a reader gets it."""
    return CHECKED.sub(r"\1", STAMP.sub("", text))


@dataclass(frozen=True)
class Rendered:
    """A rendered page.

    Attributes:
        html: the page's content.
        recognised: what was found in its Markdown.
        problems: line and message of what could not be woven.
    """

    html: str
    recognised: Recognised
    problems: tuple[tuple[int, str], ...]


class PressExtension(Extension):
    """Weave listings, sources, figures, numbers, formulas and citations into a page."""

    def __init__(self, **settings: Any) -> None:
        """Take ``root``, ``language`` and ``on_error`` ("raise" or "show")."""
        self.config = {
            "root": ["", "a folder at or below the project's root"],
            "language": ["en", "language of the press's own words"],
            "on_error": ["raise", "raise a PressError, or show what is wrong on the page"],
            "first_line": [1, "number of the text's first line in its file"],
            "stamp": [False, "stamp every numeral of the prose with its line, for a checker"],
        }
        super().__init__(**settings)
        self.project: Project | None = None
        self.reset()

    def reset(self) -> None:
        """Forget the last page."""
        self.recognised = recognise("")
        self.problems: list[tuple[int, str]] = []
        self.formulas: dict[int, str] = {}
        self.blocks: list[int] = []
        self.in_tags: set[int] = set()
        self.tree_done = False

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Markdown's name
        """Register the four steps."""
        if self.project is None:
            self.project = Project.load(Path(self.getConfig("root") or "."))
        md.registerExtension(self)
        md.preprocessors.register(_Mark(md, self), "press", 100)
        md.parser.blockprocessors.register(_Blocks(md, self), "press", 200)
        md.treeprocessors.register(_TreeDone(md, self), "press", -100)
        md.postprocessors.register(_Unmark(md, self), "press", 0)

    @property
    def labels(self) -> dict[str, str]:
        """The press's own words in the page's language."""
        return LABELS.get(self.getConfig("language"), LABELS["en"])

    def problem(self, item: Woven, message: str) -> str:
        """Keep a problem and return how the page shows it."""
        self.problems.append((item.line, message))
        return f'<strong class="press-error" data-press="error">{html.escape(message)}</strong>'

    @property
    def book(self) -> Project:
        """The project; there is one as soon as Markdown knows the extension."""
        return cast(Project, self.project)


def makeExtension(**settings: Any) -> PressExtension:  # noqa: N802 - Markdown's name
    """Return the extension, as Python-Markdown asks for it."""
    return PressExtension(**settings)


def render(project: Project, language: str, text: str, first_line: int, stamp: bool) -> Rendered:
    """Render a page as the site does, and keep what a checker asks for."""
    names, settings = project.markdown_extensions(language)
    settings["press.weave"] |= {"on_error": "show", "first_line": first_line, "stamp": stamp}
    md = Markdown(extensions=names, extension_configs=settings)
    content = md.convert(text)
    press = next(each for each in md.registeredExtensions if isinstance(each, PressExtension))
    problems = sorted({*press.recognised.problems, *press.problems})
    return Rendered(content, press.recognised, tuple(problems))


class _Mark(Preprocessor):
    """Replace woven things by marks."""

    def __init__(self, md: Markdown, press: PressExtension) -> None:
        super().__init__(md)
        self.press = press

    def run(self, lines: list[str]) -> list[str]:
        press = self.press
        press.reset()
        press.recognised = recognise("\n".join(lines), press.getConfig("first_line"))
        self.render_formulas()
        return self.weave(0, len(press.recognised.text), whole=True).split("\n")

    def render_formulas(self) -> None:
        """Render all formulas of the page in one call."""
        press = self.press
        found = [
            (i, item) for i, item in enumerate(press.recognised.items) if isinstance(item, Formula)
        ]
        if not found:
            return
        tex = [(_with_classes(item.tex), item.display) for _, item in found]
        rendered = to_mathml(press.book.root, press.book.cache, tex)
        for (i, item), each in zip(found, rendered, strict=True):
            if isinstance(each, MathError):
                press.formulas[i] = press.problem(item, f"TeX that Temml reads; {each}")
            else:
                press.formulas[i] = each

    def weave(self, start: int, end: int, whole: bool = False) -> str:
        """Return a stretch of the page with marks for what is woven into it."""
        recognised, pieces, position = self.press.recognised, [], start
        for index, item in enumerate(recognised.items):
            if item.start < position or item.end > end:
                continue
            pieces.append(self.prose(position, item.start))
            text = recognised.text[item.start : item.end]
            position = item.end
            if isinstance(item, Listing | Source | Figure) and whole:
                indent = re.match(r"[ \t>]*", text)
                lead = indent[0] if indent else ""
                blank = "" if ">" in lead else "\n"
                pieces.append(f"{blank}{lead}{mark(index)}{blank}")
            elif isinstance(item, Number | Formula | Citation):
                pieces.append(mark(index))
            else:
                pieces.append(text)
        pieces.append(self.prose(position, end))
        return "".join(pieces)

    def prose(self, start: int, end: int) -> str:
        """Return prose, its numerals stamped with their lines if a checker asks for it."""
        recognised = self.press.recognised
        text = recognised.text[start:end]
        if not self.press.getConfig("stamp") or not text:
            return text
        hidden = [(m.start(), m.end()) for m in _NOT_TEXT.finditer(recognised.text, start, end)]
        pieces, position = [], start
        for numeral in NUMERAL.finditer(recognised.text, start, end):
            if any(a <= numeral.start() < b for a, b in hidden):
                continue
            pieces.append(recognised.text[position : numeral.end()])
            pieces.append(stamp(recognised.line_at(numeral.start())))
            position = numeral.end()
        return "".join(pieces) + recognised.text[position:end]


class _Blocks(BlockProcessor):
    """Turn the marks of blocks into elements."""

    def __init__(self, md: Markdown, press: PressExtension) -> None:
        super().__init__(md.parser)
        self.md = md
        self.press = press

    def item(self, block: str) -> tuple[int, Woven] | None:
        match = _MARK.fullmatch(block.strip("\n"))  # indented, it belongs to a call-out or a list
        if match is None:
            return None
        index = number_of(match[1])
        item = self.press.recognised.items[index]
        block_kind = isinstance(item, Listing | Source | Figure)
        return (index, item) if block_kind or getattr(item, "display", False) else None

    def test(self, parent: etree.Element, block: str) -> bool:
        return self.item(block) is not None

    def run(self, parent: etree.Element, blocks: list[str]) -> None:
        found = self.item(blocks.pop(0))
        if found is None:
            return
        index, item = found
        self.press.blocks.append(index)
        if isinstance(item, Formula):
            etree.SubElement(parent, "div", {"class": "press-math"}).text = mark(index)
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
        self.raw(figure, highlighted(path.read_text("utf-8")))
        if not recorded.is_file():
            message = f"{item.path} has no recorded output; run `python -m press update`"
            self.raw(figure, self.press.problem(item, message))
        elif output := recorded.read_text("utf-8"):
            self.raw(
                figure,
                f'<div class="press-output"><span class="press-label">{labels["output"]}</span>'
                f"<pre><samp>{html.escape(output, quote=False)}</samp></pre></div>",
            )

    def source(self, figure: etree.Element, item: Source) -> None:
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
        self.raw(figure, highlighted(definition.text + "\n"))

    def figure(self, figure: etree.Element, item: Figure) -> None:
        marker = cast(_Mark, self.md.preprocessors["press"])
        path = self.press.book.figures / item.path
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


class _TreeDone(Treeprocessor):
    """Tell that the tree is complete: until then ``toc`` asks for the text of headings."""

    def __init__(self, md: Markdown, press: PressExtension) -> None:
        super().__init__(md)
        self.press = press

    def run(self, root: etree.Element) -> None:
        self.press.tree_done = True


class _Unmark(Postprocessor):
    """Replace marks by HTML, and account for every one of them."""

    def __init__(self, md: Markdown, press: PressExtension) -> None:
        super().__init__(md)
        self.press = press

    def run(self, text: str) -> str:
        press = self.press
        if not press.tree_done:
            return unstamped(self.unmark(text, {}, self.plain))
        seen: dict[int, int] = {}
        pieces, code = [], 0
        for piece in _TAG.split(text):
            if piece.startswith("<"):
                name = re.match(r"</?(\w+)", piece)
                if name and name[1] in ("code", "pre"):
                    code += -1 if piece.startswith("</") else 1
                press.in_tags |= {number_of(match[1]) for match in _MARK.finditer(piece)}
                pieces.append(self.unmark(piece, seen, self.plain))
            else:
                pieces.append(self.unmark(piece, seen, self.in_code if code else self.html))
        for index, item in enumerate(press.recognised.items):
            block = isinstance(item, Listing | Source | Figure)
            times = press.blocks.count(index) if block else seen.get(index, 0)
            if times != 1 and not isinstance(item, CodeSpan | PlainFence):
                press.problem(
                    item,
                    f"{item.label} comes out {times} times on the page, not once:"
                    " Markdown reads its place in another way",
                )
        result = "".join(pieces) + self.install() + self.provenance()
        self.look_for_leftovers(result)
        problems = [*press.recognised.problems, *press.problems]
        if problems and press.getConfig("on_error") == "raise":
            page = Path("page")
            raise PressError([Failure(page, line, says) for line, says in sorted(problems)])
        return result

    def unmark(self, text: str, seen: dict[int, int], write: Any) -> str:
        if _OPEN not in text:
            return text

        def replace(match: re.Match[str]) -> str:
            index = number_of(match[1])
            seen[index] = seen.get(index, 0) + 1
            return str(write(index, self.press.recognised.items[index]))

        return _MARK.sub(replace, text)

    def in_code(self, index: int, item: Woven) -> str:
        return self.press.problem(item, f"{item.label} stands in a code block; it is not woven")

    def plain(self, index: int, item: Woven) -> str:
        """Return an item where no markup can stand: in an attribute, in a title."""
        text = ""
        if isinstance(item, Number):
            text = item.literal
        elif isinstance(item, Formula):
            text = readable(item.tex)
        elif isinstance(item, Citation):
            text = self.citation_text(item)
        stamped = self.press.getConfig("stamp")
        return f"{_CHECKED}{html.escape(text)}{_CHECKED_END}" if stamped else html.escape(text)

    def html(self, index: int, item: Woven) -> str:
        if isinstance(item, Number):
            return (
                f'<span class="press-number" data-press="number" id="number-{index}"'
                f' data-expression="{html.escape(item.expression)}">{html.escape(item.literal)}'
                "</span>"
            )
        if isinstance(item, Formula):
            return self.formula(index, item)
        if isinstance(item, Citation):
            return self.citation(item)
        return ""

    def formula(self, index: int, item: Formula) -> str:
        mathml = self.press.formulas[index]
        try:
            _, vals = split_vals(item.tex)
        except LiteralError:
            vals = []  # the checker says what is wrong with it
        for i, val in enumerate(vals):
            shown = f'class="press-value" data-expression="{html.escape(val.expression)}"'
            mathml = mathml.replace(f'class="press-value-{i}"', shown)
        tex = html.escape(replace_vals(item.tex, lambda literal, _: literal) if vals else item.tex)
        # What search finds and shows: the text of MathML has lost its roots and fractions.
        words = html.escape(readable(item.tex))
        mathml = mathml.replace("<math", '<math data-search-exclude="1"', 1)
        return (
            f'<span class="press-formula" data-press="formula" id="formula-{index}"'
            f' data-tex="{tex}">{mathml}<span class="press-tex" hidden>{words}</span></span>'
        )

    def citation_text(self, item: Citation) -> str:
        work = self.press.book.cited.get("works", {}).get(item.key)
        return f"{work['authors']} {work['year']}" if work else item.key

    def citation(self, item: Citation) -> str:
        work = self.press.book.cited.get("works", {}).get(item.key)
        if work is None:
            return self.press.problem(item, f"docs/sources.toml has no work {item.key!r}")
        return (
            f'<a class="press-citation" data-press="citation" href="{html.escape(work["url"])}"'
            f' title="{html.escape(work["title"])}">{html.escape(self.citation_text(item))}</a>'
        )

    def install(self) -> str:
        """Return how to install what the listings of the page import."""
        chapters = self.press.book.chapters
        paths = [i.path for i in self.press.recognised.items if isinstance(i, Listing)]
        if not any(path.partition("/")[0] in chapters for path in paths):
            return ""  # what is about the press itself is run from the repository
        label = html.escape(self.press.labels["install"])
        return (
            '\n<p class="press-install" data-press="install" data-search-exclude="1">'
            f"{label}<code>pip install .</code></p>"
        )

    def provenance(self) -> str:
        """Return the folded list of every number and its expression."""
        rows = list(self.provenance_rows())
        if not rows:
            return ""
        title = self.press.labels["provenance"]
        return (
            '\n<details class="press-provenance" data-press="provenance" data-search-exclude="1">'
            f"<summary>{title}"
            f"</summary><ol>{''.join(rows)}</ol></details>"
        )

    def provenance_rows(self) -> Iterator[str]:
        def row(anchor: str, text: str, expression: str) -> str:
            shown = html.escape(text)
            if anchor not in self.nowhere():
                shown = f'<a href="#{anchor}">{shown}</a>'
            return f"<li>{shown} <code>{html.escape(expression)}</code></li>"

        alts: dict[int, str] = {}  # a number in an alternative text has no place of its own
        items = self.press.recognised.items
        for index, item in enumerate(items):
            if isinstance(item, Figure):
                inside = range(item.alt_start, item.alt_start + len(item.alt))
                alts |= {i: f"figure-{index}" for i, n in enumerate(items) if n.start in inside}
            elif isinstance(item, Number):
                anchor = alts.get(index, f"number-{index}")
                yield row(anchor, item.literal, item.expression)
            elif isinstance(item, Formula):
                anchor, name = f"formula-{index}", self.press.labels["formula"]
                if item.identity is not None:
                    yield row(anchor, name, item.identity)
                try:
                    vals = split_vals(item.tex)[1]
                except LiteralError:
                    continue
                for val in vals:
                    yield row(anchor, name, val.expression)

    def nowhere(self) -> set[str]:
        """Return the anchors of what stands in an attribute: nothing can point there."""
        return {f"{self.press.recognised.items[i].kind}-{i}" for i in self.press.in_tags}

    def look_for_leftovers(self, result: str) -> None:
        """Look for a ``{=`` outside code, which would be published as it stands."""
        outside = re.sub(r"<(code|pre|samp)\b.*?</\1>|<[^<>]*>", "", result, flags=re.DOTALL)
        if "{=" in html.unescape(outside):
            self.press.problems.append(
                (self.press.recognised.first_line, "a {= reaches the page outside code")
            )


def _with_classes(tex: str) -> str:
    r"""Return a formula for Temml, each ``\val`` as its literal with a class of its own."""
    count = iter(range(1000))
    try:
        return replace_vals(tex, lambda lit, _: rf"\class{{press-value-{next(count)}}}{{{lit}}}")
    except LiteralError:
        return tex


@lru_cache(maxsize=512)
def highlighted(code: str) -> str:
    """Return Python as HTML whose text is exactly the code."""
    lexer = PythonLexer(stripnl=False, stripall=False, ensurenl=False)
    inner = highlight(code, lexer, HtmlFormatter(nowrap=True))
    inner = inner if code.endswith("\n") else inner.removesuffix("\n")  # Pygments ends every line
    return f'<div class="highlight"><pre><code>{inner}</code></pre></div>'
