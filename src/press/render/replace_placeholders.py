"""The placeholders that are left become HTML, and every one of them is accounted for."""

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from markdown import Markdown
from markdown.postprocessors import Postprocessor

from press.failure import Failure, PressError
from press.render.line_breaks import between_words, with_end
from press.render.page_state import PageState
from press.render.placeholders import CLOSE, OPEN, PLACEHOLDER, checked, number_of, unstamped
from press.render.sightings import facts_in, rows
from press.syntax.woven import (
    Block,
    Citation,
    CodeSpan,
    Figure,
    Formula,
    Listing,
    Number,
    PlainFence,
    Woven,
)

__all__ = ["ReplacePlaceholders"]

_TAG = re.compile(  # an attribute in raw HTML may hold a >
    r"""(<!--.*?-->|<(?:[^<>"']|"[^"<]*"|'[^'<]*')*>|<[^<>]*>)""", re.DOTALL
)
_WITH_MARKS = re.compile(
    rf"([(\[‘“（【《「]*){PLACEHOLDER.pattern}([,.;:!?)\]’”，。、；：！？）】》」]*)"
)
_ORDER = "a formula must show each value once, in the order of its TeX"
_VALUE = re.compile(r'class="press-value-(\d+)"')
_MARKUP = re.compile(r"<[^>]*>")
_UNIT = re.compile(rf"(?<={CLOSE}) (?=[kKMGT]i?B\b|T?FLOP\b|ms\b)")  # a number's, on its line
_NUMBER = r'<span class="press-number"[^<]*</span>'
_RANGE = re.compile(f"{_NUMBER}–{_NUMBER}")
_LONG_NAME = re.compile(r"(?<=<code>)[\w.]{17,}(?=</code>)")  # alone, and not a block of code
_CODE_TAG = re.compile(r"<(/?)(?:code|pre)\b")


class ReplacePlaceholders(Postprocessor):
    """Replace placeholders by HTML, and account for every one of them."""

    def __init__(self, md: Markdown, page: PageState, raises: bool) -> None:
        super().__init__(md)
        self.page = page
        self.raises = raises

    def run(self, text: str) -> str:
        """Replace what is left of the placeholders, and add what a page ends with."""
        page = self.page
        if not page.tree_done:
            return unstamped(self.replace(text, {}, self.plain))
        seen: dict[int, int] = {}
        pieces, code = [], 0
        for piece in _TAG.split(text):
            in_tag = piece.startswith("<")
            if in_tag and (of_code := _CODE_TAG.match(piece)):
                code += -1 if of_code[1] else 1
            if OPEN not in piece:
                pieces.append(piece)
            elif in_tag:
                page.in_tags |= {number_of(match[1]) for match in PLACEHOLDER.finditer(piece)}
                pieces.append(self.replace(piece, seen, self.plain))
            else:
                pieces.append(self.replace(piece, seen, self.in_code if code else self.html))
        for index, item in enumerate(page.recognised.items):
            times = page.blocks.count(index) if isinstance(item, Block) else seen.get(index, 0)
            if times != 1 and not isinstance(item, CodeSpan | PlainFence):
                page.problem(
                    item,
                    f"{item.label} comes out {times} times on the page, not once:"
                    " Markdown reads its place in another way",
                )
        result = _LONG_NAME.sub(lambda name: between_words(name[0], "._"), "".join(pieces))
        result += self.install() + self.provenance() + self.sightings()
        self.look_for_leftovers(result)
        problems = [*page.recognised.problems, *page.problems]
        if problems and self.raises:
            file = Path("page")
            raise PressError([Failure(file, line, says) for line, says in sorted(problems)])
        return result

    def replace(self, text: str, seen: dict[int, int], write: Any) -> str:
        """Replace the placeholders in ``text`` by what ``write`` makes of their items."""
        if OPEN not in text:
            return text

        def html_of(match: re.Match[str]) -> str:
            before, index, after = match[1], number_of(match[2]), match[3]
            seen[index] = seen.get(index, 0) + 1
            item = self.page.recognised.items[index]
            shown = str(write(index, item))
            # Browsers break the line between a formula and a bracket before or a comma after it.
            if write == self.html and isinstance(item, Formula) and not item.display:
                before = before and f'<span class="press-keep">{before}</span>'
                shown = with_end(shown) if after and "<math" in shown else shown
            return before + shown + after

        if write == self.html:
            text = _UNIT.sub("\u00a0", text)
        shown = _WITH_MARKS.sub(html_of, text)
        # Browsers break the line after the dash of a range.
        return _RANGE.sub(r'<span class="press-keep">\g<0></span>', shown)

    def in_code(self, index: int, item: Woven) -> str:
        """Return what a woven thing inside code shows: an error."""
        return self.page.problem(item, f"{item.label} stands in a code block; it is not woven")

    def plain(self, index: int, item: Woven) -> str:
        """Return an item where no markup can stand: in an attribute, in a title."""
        text = ""
        if isinstance(item, Number):
            text = item.literal
        elif isinstance(item, Formula):
            text = self.page.words[index]
        elif isinstance(item, Citation):
            text = self.citation_text(item)
        stamped = self.page.stamps
        return checked(html.escape(text)) if stamped else html.escape(text)

    def html(self, index: int, item: Woven) -> str:
        """Return an item where markup can stand."""
        if isinstance(item, Number):
            shown = html.escape(item.literal)
            return f'<span class="press-number" id="number-{index}">{shown}</span>'
        if isinstance(item, Formula):
            return self.formula(index, item)
        if isinstance(item, Citation):
            return self.citation(item)
        return ""

    def formula(self, index: int, item: Formula) -> str:
        """Return a formula, with its TeX and its words where these differ from what it shows.

        The text of MathML has lost its roots and fractions: words are what search finds and shows.
        """
        mathml = self.page.formulas[index]
        if "<math" not in mathml:
            return mathml  # it says why
        if [int(i) for i in _VALUE.findall(mathml)] != list(range(len(item.tex.vals))):
            return self.page.problem(item, _ORDER)
        mathml = _VALUE.sub('class="press-value"', mathml)
        words, attributes = self.page.words[index], ""
        if item.tex.vals or item.identity is not None:
            attributes += f' id="formula-{index}"'  # the list of numbers leads here
        if item.tex.shown != words:
            attributes += f' data-tex="{html.escape(item.tex.shown)}"'
        if html.unescape(_MARKUP.sub("", mathml)) != words:
            mathml = f'<span class="press-tex" hidden>{html.escape(words)}</span>{mathml}'
        return f'<span class="press-formula"{attributes}>{mathml}</span>'

    def citation_text(self, item: Citation) -> str:
        """Return how a work is cited."""
        work = self.page.project.cited.get("works", {}).get(item.key)
        return f"{work['authors']} {work['year']}" if work else item.key

    def citation(self, item: Citation) -> str:
        """Return a link to a work."""
        work = self.page.project.cited.get("works", {}).get(item.key)
        if work is None:
            return self.page.problem(item, f"docs/sources.toml has no work {item.key!r}")
        return (
            f'<a class="press-citation" data-press="citation" href="{html.escape(work["url"])}"'
            f' title="{html.escape(work["title"])}">{html.escape(self.citation_text(item))}</a>'
            + self.unseen(work)
        )

    def unseen(self, table: dict[str, Any]) -> str:
        """Return the note after a work or a fact that nobody saw."""
        word = self.page.labels["unseen"]
        return f' <small class="press-unseen">[{word}]</small>' if "unseen" in table else ""

    def install(self) -> str:
        """Return how to install what the listings of the page import."""
        chapters = self.page.project.chapters
        paths = [i.path for i in self.page.recognised.items if isinstance(i, Listing)]
        if not any(path.partition("/")[0] in chapters for path in paths):
            return ""  # what is about the press itself is run from the repository
        label = html.escape(self.page.labels["install"])
        return (
            f'\n<p class="press-install" data-press="install">{label}<code>pip install .</code></p>'
        )

    def provenance(self) -> str:
        """Return the folded list of every number and its expression."""
        rows = list(self.provenance_rows())
        if not rows:
            return ""
        title = self.page.labels["provenance"]
        return (
            '\n<details class="press-provenance" data-press="provenance">'
            f"<summary>{title}"
            f"</summary><ol>{''.join(rows)}</ol></details>"
        )

    def provenance_rows(self) -> Iterator[str]:
        """Yield a row for every expression of the page."""
        facts = self.page.project.cited.get("facts", {})

        def row(anchor: str, text: str, expression: str) -> str:
            shown = html.escape(text)
            if anchor not in self.nowhere():
                shown = f'<a href="#{anchor}">{shown}</a>'
            code = f"<code>{html.escape(expression)}</code>"
            used = facts_in([expression])
            if used:
                code = f'<a class="press-seen" href="#seen-facts-{used[0]}">{code}</a>'
            code += "".join(sorted({self.unseen(facts.get(name, {})) for name in used}))
            return f"<li>{shown} {code}</li>"

        alts: dict[int, str] = {}  # a number in an alternative text has no place of its own
        items = self.page.recognised.items
        for index, item in enumerate(items):
            if isinstance(item, Figure):
                inside = range(item.alt_start, item.alt_start + len(item.alt))
                alts |= {i: f"figure-{index}" for i, n in enumerate(items) if n.start in inside}
            elif isinstance(item, Number):
                anchor = alts.get(index, f"number-{index}")
                yield row(anchor, item.literal, item.expression)
            elif isinstance(item, Formula):
                anchor, name = f"formula-{index}", self.page.labels["formula"]
                if item.identity is not None:
                    yield row(anchor, name, item.identity)
                for val in item.tex.vals:
                    yield row(anchor, name, val.expression)

    def sightings(self) -> str:
        """Return the folded list of where the page's works and facts were seen."""
        items, page = self.page.recognised.items, self.page
        works = list(dict.fromkeys(item.key for item in items if isinstance(item, Citation)))
        expressions = [item.expression for item in items if isinstance(item, Number)]
        formulas = [item for item in items if isinstance(item, Formula)]
        expressions += [val.expression for item in formulas for val in item.tex.vals]
        facts = facts_in(expressions)
        shown = list(rows(page.project, page.language, page.labels, works, facts))
        if not shown:
            return ""
        return (
            '\n<details class="press-sightings" data-press="sightings">'
            f"<summary>{page.labels['sightings']}"
            f"</summary><ul>{''.join(shown)}</ul></details>"
        )

    def nowhere(self) -> set[str]:
        """Return the anchors of what stands in an attribute: nothing can point there."""
        return {f"{self.page.recognised.items[i].kind}-{i}" for i in self.page.in_tags}

    def look_for_leftovers(self, result: str) -> None:
        """Look for a ``{=`` outside code, which would be published as it stands."""
        outside = re.sub(r"<(code|pre|samp)\b.*?</\1>|<[^<>]*>", "", result, flags=re.DOTALL)
        if "{=" in html.unescape(outside):
            self.page.problems.append(
                (self.page.recognised.first_line, "a {= reaches the page outside code")
            )
