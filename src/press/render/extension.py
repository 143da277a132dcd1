"""The Python-Markdown extension that renders the woven things of a page.

It replaces what `press.syntax.recognise` finds by marks made of private-use characters before
Markdown sees the page, and the marks by HTML behind it. So Markdown cannot read a formula
or an expression as markup, and what is rendered is exactly what was recognised: a mark
that does not come out exactly once, or comes out inside code, is an error of the page.

Blocks (listings, sources, figures) become elements, so that a site generator sees their
links; what stands in a line becomes text.
"""

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor

from press.project import Project, read_page
from press.render.blocks import Blocks
from press.render.mathml import MathError, to_mathml
from press.render.placeholders import NOT_TEXT, NUMERAL, mark, stamp
from press.render.replace_placeholders import Unmark
from press.syntax.recognise import (
    Api,
    Cell,
    Citation,
    Figure,
    Formula,
    Listing,
    Number,
    Recognised,
    Source,
    Woven,
    recognise,
)
from press.values.literal import LiteralError
from press.values.tex import replace_vals

__all__ = ["Mark", "PressExtension", "Rendered", "makeExtension", "render", "render_formulas"]

LABELS = {
    "zh": {
        "output": "输出",
        "download": "下载",
        "wrong": "错误版本",
        "provenance": "本页数字的来源",
        "formula": "公式",
        "sightings": "本页来源的查看记录",
        "sighting": "{kind}，{place}（{day}）",
        "and": "；",
        "paper": "论文正文",
        "abstract": "论文摘要",
        "bibliography": "参考文献条目",
        "code": "代码或配置",
        "document": "其他文档",
        "unseen": "未能查看",
        "install": "运行本页的程序，需要先在仓库副本里安装软件包：",
    },
    "en": {
        "output": "Output",
        "download": "Download",
        "wrong": "Wrong version",
        "provenance": "Where the numbers of this page come from",
        "formula": "Formula",
        "sightings": "Where the sources of this page were seen",
        "sighting": "{kind}, {place} ({day})",
        "and": "; ",
        "paper": "paper",
        "abstract": "abstract",
        "bibliography": "entry in a bibliography",
        "code": "program or configuration",
        "document": "other document",
        "unseen": "not seen",
        "install": (
            "To run the programs of this page, install the package in a copy of the repository: "
        ),
    },
}


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
        self.has_api = False

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Markdown's name
        """Register the four steps."""
        if self.project is None:
            self.project = Project.load(Path(self.getConfig("root") or "."))
        md.registerExtension(self)
        md.preprocessors.register(Mark(md, self), "press", 100)
        md.parser.blockprocessors.register(Blocks(md, self), "press", 200)
        md.treeprocessors.register(_TreeDone(md, self), "press", -100)
        md.postprocessors.register(Unmark(md, self), "press", 0)

    @property
    def labels(self) -> dict[str, str]:
        """The press's own words in the page's language."""
        return LABELS.get(self.getConfig("language"), LABELS["en"])

    def problem(self, item: Woven, message: str) -> str:
        """Keep a problem and return how the page shows it."""
        self.problems.append((item.line, message))
        return f'<strong class="press-error" data-press="error">{html.escape(message)}</strong>'

    def read_api(self, md: Markdown) -> None:
        """Let the page's Markdown read ``::: module``; half a second that one page needs."""
        from press.render.reference import add_api  # noqa: PLC0415

        if not self.has_api:
            add_api(md, self.book, self.getConfig("language"))
        self.has_api = True

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
    settings["press.render"] |= {"on_error": "show", "first_line": first_line, "stamp": stamp}
    md = Markdown(extensions=names, extension_configs=settings)
    content = md.convert(text)
    press = next(each for each in md.registeredExtensions if isinstance(each, PressExtension))
    problems = sorted({*press.recognised.problems, *press.problems})
    return Rendered(content, press.recognised, tuple(problems))


def render_formulas(project: Project, pages: Iterable[Path]) -> None:
    """Render the formulas of pages in one call, so that each page finds its own rendered."""
    texts = [read_page(page).body for page in pages]
    formulas = {each: None for text in texts for each in formulas_of(recognise(text))}
    if formulas:
        to_mathml(project.root, project.cache, list(formulas))


def formulas_of(recognised: Recognised) -> list[tuple[str, bool]]:
    """Return the formulas of a page as Temml reads them, and whether each has its own line."""
    found = (item for item in recognised.items if isinstance(item, Formula))
    return [(_with_classes(item.tex), item.display) for item in found]


class Mark(Preprocessor):
    """Replace woven things by marks."""

    def __init__(self, md: Markdown, press: PressExtension) -> None:
        super().__init__(md)
        self.press = press

    def run(self, lines: list[str]) -> list[str]:
        """Return the page's lines with marks for everything woven."""
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
        rendered = to_mathml(press.book.root, press.book.cache, formulas_of(press.recognised))
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
            if isinstance(item, Listing | Source | Figure | Cell | Api) and whole:
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
        hidden = [(m.start(), m.end()) for m in NOT_TEXT.finditer(recognised.text, start, end)]
        pieces, position = [], start
        for numeral in NUMERAL.finditer(recognised.text, start, end):
            if any(a <= numeral.start() < b for a, b in hidden):
                continue
            pieces.append(recognised.text[position : numeral.end()])
            pieces.append(stamp(recognised.line_at(numeral.start())))
            position = numeral.end()
        return "".join(pieces) + recognised.text[position:end]


class _TreeDone(Treeprocessor):
    """Tell that the tree is complete: until then ``toc`` asks for the text of headings."""

    def __init__(self, md: Markdown, press: PressExtension) -> None:
        super().__init__(md)
        self.press = press

    def run(self, root: Element) -> None:
        self.press.tree_done = True


def _with_classes(tex: str) -> str:
    r"""Return a formula for Temml, each ``\val`` as its literal with a class of its own."""
    count = iter(range(1000))
    try:
        return replace_vals(tex, lambda lit, _: rf"\class{{press-value-{next(count)}}}{{{lit}}}")
    except LiteralError:
        return tex
