"""Find the woven things of a page, with their lines.

This is the only place that knows their syntax. The renderer replaces exactly what is
found here, and the checker proves exactly what is found here. What looks woven and is
not (a misspelt fence, a half-written number, a formula that never closes) is a problem
of the page, not text.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property

from press.syntax.states import FIGURE
from press.syntax.woven import (
    Api,
    Cell,
    Citation,
    CodeSpan,
    Figure,
    Formula,
    Interactive,
    Listing,
    Number,
    PlainFence,
    Prompt,
    Source,
    Woven,
)
from press.values.literal import LiteralError
from press.values.tex import Tex, read_tex

__all__ = ["Recognised", "recognise"]

PLAIN_LANGUAGES = ("sh", "text")


@dataclass(frozen=True)
class Recognised:
    """What a page holds.

    Attributes:
        text: the page's Markdown.
        items: the woven things, in the order of the page.
        problems: line and message of what looks woven and is not.
        prose: offsets (start, end) of the runs of text between the woven things.
        first_line: the number of the text's first line in its file.
    """

    text: str
    items: tuple[Woven, ...]
    problems: tuple[tuple[int, str], ...]
    prose: tuple[tuple[int, int], ...]
    first_line: int

    def line_at(self, offset: int) -> int:
        """Return the line of an offset, from 1."""
        return self.first_line + bisect_right(self._newlines, offset - 1)

    @cached_property
    def _newlines(self) -> list[int]:
        return [match.start() for match in re.finditer("\n", self.text)]


_FENCE = re.compile(
    r"""
    ^[ ]{0,3}<!--.*?-->  # what stands in a comment is no fence
  | ^(?P<indent>[ \t>]*)(?P<marks>`{3,}|~{3,})[ ]*(?P<info>[^`\n]*)$
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
_FIGURES = {  # what the fences of figures must hold, and what they may
    "figure": (("path", "alt", "caption"), "x: and y:"),
    "interactive": (("name", "still", "alt", "caption"), "try: STATE | TEXT"),
}
_LITERAL = r"(?:[^\[\]\n]|\[(?:[^\[\]\n]|\[[^\[\]\n]*\])*\])*"
_EXPRESSION = r"[ ]*[^{}|\\`\s][^{}|\\`\n]*"
_INLINE = re.compile(
    rf"""
    (?P<comment><!--.*?-->)
  | ^[ \t>]*\$\$(?P<display>(?:(?!\$\$).)+?)\$\$
    (?:[ ]*\{{=(?P<display_identity>{_EXPRESSION})\}})?[ ]*$
  | (?P<escape>\\[^\n])
  | (?P<ticks>`+)(?!`)(?P<code>(?:(?!\n[ \t]*\n).)+?)(?<!`)(?P=ticks)(?!`)
  | \$(?![\s$])(?P<inline>(?:\\.|[^\\$\n])+?)(?<!\s)\$(?![\d$])
    (?:\{{=(?P<identity>{_EXPRESSION})\}})?
  | \[(?P<literal>{_LITERAL})\]\{{=(?P<expression>{_EXPRESSION})\}}
  | \[@(?P<key>[a-z][a-z0-9_]*)\]
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
_LEFTOVER = re.compile(r"\{=|\$|\[@|`{3,}|~{3,}")
_LEFTOVER_MEANS = {
    "{=": "a checked number is written [literal]{= expression}, without { } | \\ ` in it;"
    " this one is malformed",
    "$": "a formula opens here and never closes (write \\$ for the sign)",
    "[@": "a citation is written [@key], lower-case letters, digits and _; this one is malformed",
    "`": "a fence opens here and is not closed, or its name is malformed",
    "~": "a fence opens here and is not closed, or its name is malformed",
}


def recognise(text: str, first_line: int = 1) -> Recognised:
    """Find every woven thing of a page.

    Args:
        text: the page's Markdown, without front matter.
        first_line: the number of the text's first line in its file.
    """
    return _Recogniser(text, first_line).run()


class _Recogniser:
    """One pass for fences, one between them for what stands in lines."""

    def __init__(self, text: str, first_line: int) -> None:
        self.text = text
        self.newlines = [match.start() for match in re.finditer("\n", text)]
        self.first_line = first_line
        self.items: list[Woven] = []
        self.problems: list[tuple[int, str]] = []
        self.prose: list[tuple[int, int]] = []
        self.within = ""  # the figure, and its state, that the words being read are about

    def run(self) -> Recognised:
        position = after = 0
        while opening := _FENCE.search(self.text, after):
            after = opening.end()
            if opening["marks"]:
                self.inline(position, opening.start())
                position = after = self.fence(opening)
        self.inline(position, len(self.text))
        return Recognised(
            self.text,
            tuple(sorted(self.items, key=lambda item: item.start)),
            tuple(sorted(self.problems)),
            tuple(self.prose),
            self.first_line,
        )

    def line(self, offset: int) -> int:
        return self.first_line + bisect_right(self.newlines, offset - 1)

    def problem(self, offset: int, message: str) -> None:
        self.problems.append((self.line(offset), message))

    def fence(self, opening: re.Match[str]) -> int:
        """Read the fence that starts here and return the offset after it."""
        indent, marks = opening["indent"], opening["marks"]
        end = re.compile(rf"^{re.escape(indent)}{marks}[ \t]*$", re.MULTILINE)
        closing = end.search(self.text, opening.end() + 1)
        if closing is None:
            self.problem(opening.start(), "this fence is never closed")
            return len(self.text)
        body_start = opening.end() + 1
        lines = self.text[body_start : closing.start()].split("\n")[:-1]
        offsets = []
        for line in lines:
            offsets.append(body_start)
            body_start += len(line) + 1
        at = (self.line(opening.start()), opening.start(), closing.end())
        name, *options = opening["info"].split() or [""]
        body = [line.removeprefix(indent) for line in lines]
        one = len(body) == 1 and bool(body[0].strip())
        if name == "listing" and options in ([], ["wrong"]) and one:
            self.items.append(Listing(*at, body[0].strip(), bool(options)))
        elif name == "source" and not options and one and body[0].count(":") == 1:
            module, _, symbol = body[0].strip().partition(":")
            self.items.append(Source(*at, module, symbol))
        elif name == "api" and not options and one:
            self.items.append(Api(*at, body[0].strip()))
        elif name in ("figure", "interactive") and not options:
            self.figure(at, name, lines, offsets)
        elif name == "cell" and len(options) == 1 and not any(line.strip() for line in body):
            self.items.append(Cell(*at, options[0]))
        elif name in PLAIN_LANGUAGES and not options:
            self.items.append(PlainFence(*at, name, "\n".join(body)))
        elif name in ("listing", "source", "api"):
            what = {
                "listing": "the path of one listing (it may be marked 'wrong')",
                "source": "one module:symbol",
                "api": "the name of one module",
            }[name]
            self.problem(
                opening.start(),
                f"{name} fences must hold {what};"
                f" got {opening['info'].strip()!r} with {len(body)} lines",
            )
        else:
            named = ("listing", "listing wrong", "source", "figure", "interactive", "api")
            known = ", ".join((*named, *PLAIN_LANGUAGES))
            self.problem(
                opening.start(),
                f"a fence must be one of: {known}; got {opening['info'].strip()!r}",
            )
        return closing.end()

    def figure(
        self, at: tuple[int, int, int], kind: str, lines: list[str], offsets: list[int]
    ) -> None:
        """Read what a figure shows and says, and what is woven into its words."""
        needed, more = _FIGURES[kind]
        form = ", ".join([needed[0], *(f"{part}:" for part in needed[1:])])
        form += f", and may hold {more}"
        parts: dict[str, tuple[str, int]] = {}
        axes: dict[str, list[tuple[str, int]]] = {"x": [], "y": []}
        prompts = list[Prompt]()
        for line, offset in zip(lines, offsets, strict=True):
            match = re.match(r"[ \t>]*(still|alt|caption|try|x|y):[ ]*", line)
            part, text, start = "", line, offset
            if match:
                part, text, start = match[1], line[match.end() :], offset + match.end()
            state, _, says = text.partition("|")
            if part in needed and part not in parts:
                parts[part] = (text, start)
            elif part in axes and kind == "figure":
                axes[part].append((text, start))
            elif part == "try" and kind == "interactive" and says.strip():
                start += len(text) - len(says.lstrip())
                prompts.append(Prompt(self.line(offset), state.strip(), says.lstrip(), start))
            elif line.strip() and needed[0] not in parts and not part:
                parts[needed[0]] = (line.strip(), offset)
            elif line.strip():
                message = f"a fence of this kind must hold {form}; got {line!r}"
                for place in (at[1], offset):  # an open fence goes wrong where it opens
                    self.problem(place, message)
        missing = [part for part in needed if not parts.get(part, ("", 0))[0]]
        missing += [axis for axis, words in axes.items() if not all(text for text, _ in words)]
        if missing:
            self.problem(at[1], f"a fence of this kind must hold {form}; {missing} missing")
            return
        alt, caption, x, y = parts["alt"], parts["caption"], tuple(axes["x"]), tuple(axes["y"])
        if len({len(x), len(y)} - {0, 1}) > 1:
            message = "x: and y: must stand once, or once for each panel"
            self.problem(at[1], f"{message}; got {len(x)} and {len(y)}")
        if kind == "figure":
            self.items.append(Figure(*at, parts["path"][0], *alt, *caption, x=x, y=y))
        else:
            name, still = parts["name"][0], parts["still"][0]
            self.items.append(Interactive(*at, still, *alt, *caption, name, tuple(prompts)))
            self.within = f"{FIGURE}{name}?"
        for words, start in (alt, caption, *x, *y):
            self.inline(start, start + len(words))
        for prompt in prompts:
            self.within = f"{FIGURE}{parts['name'][0]}?{prompt.state}"
            self.inline(prompt.text_start, prompt.text_start + len(prompt.text))
        self.within = ""

    def inline(self, start: int, end: int) -> None:
        """Read what stands in lines: numbers, formulas, citations, code."""
        position = start
        for match in _INLINE.finditer(self.text, start, end):
            self.gap(position, match.start())
            position = match.end()
            at = (self.line(match.start()), match.start(), match.end())
            if match["display"] is not None:
                dollars = self.text.index("$$", match.start())
                at = (self.line(dollars), dollars, match.end())
                self.gap(match.start(), dollars)
                tex = re.sub(r"^[ \t>]+", "", match["display"].strip(), flags=re.MULTILINE)
                self.formula(at, tex, True, match["display_identity"])
            elif match["inline"] is not None:
                self.formula(at, match["inline"].strip(), False, match["identity"])
            elif match["literal"] is not None:
                expression = match["expression"].strip()
                number = Number(*at, match["literal"], expression, self.within)
                self.items.append(number)
            elif match["key"] is not None:
                self.items.append(Citation(*at, match["key"]))
            elif match["code"] is not None:
                self.items.append(CodeSpan(*at, match["code"].strip()))
            elif match["comment"] is None:  # an escaped character is text
                self.prose.append((match.start(), match.end()))
        self.gap(position, end)

    def formula(
        self, at: tuple[int, int, int], source: str, display: bool, identity: str | None
    ) -> None:
        """Keep a formula, its ``val`` macros set apart."""
        try:
            tex = read_tex(source)
        except LiteralError as error:
            self.problem(at[1], str(error))
            tex = Tex(source, (source,))
        self.items.append(Formula(*at, tex, display, identity.strip() if identity else None))

    def gap(self, start: int, end: int) -> None:
        """Keep a run of prose; nothing in it may look woven."""
        if start == end:
            return
        self.prose.append((start, end))
        for leftover in _LEFTOVER.finditer(self.text, start, end):
            mark = leftover[0] if leftover[0] in _LEFTOVER_MEANS else leftover[0][0]
            self.problem(leftover.start(), _LEFTOVER_MEANS[mark])
