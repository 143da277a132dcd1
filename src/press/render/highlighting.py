"""Python, and what it printed, as HTML.

Of the hundreds of tokens of a program only those get a span that have a colour of their own, and
neighbours of one colour share it: a page with many programs stays light.
"""

import html
from collections.abc import Iterable, Iterator
from functools import lru_cache

from pygments.lexers import PythonConsoleLexer, PythonLexer
from pygments.token import STANDARD_TYPES

__all__ = ["highlighted", "highlighted_and_folded", "printed"]

# The tokens of each colour, as Pygments names them for style sheets, and the class of their span.
# Names, operators and brackets have the colour of the text around them.
_ALIKE = {
    "gp": "gp",
    "go": "go gr gt gh gu gs ge",
    "k": "k kd kn kp kr kt bp nb no nd ni nl nt ow",
    "s": "s s1 s2 sb sc si ss sa cpf l",
    "se": "se sh sr sx cp",
    "m": "m mb mf mh mi mo il",
    "nf": "nf nc ne nn",
    "c": "c c1 ch cm cs sd",
}
_CLASS = {name: shown for shown, names in _ALIKE.items() for name in names.split()}

_Piece = tuple[str, str]  # the class of a span, or nothing, and a text within one line


def printed(label: str, output: str) -> str:
    """Return what a program printed as HTML."""
    return (
        f'<div class="press-output"><span class="press-label">{label}</span>'
        f"<pre><samp>{html.escape(output, quote=False)}</samp></pre></div>"
    )


@lru_cache(maxsize=512)
def highlighted(code: str, console: bool = False) -> str:
    """Return Python, or a session of its console, as HTML whose text is exactly the code."""
    return f'<div class="highlight">{_pre(_lines(code, console))}</div>'


@lru_cache(maxsize=512)
def highlighted_and_folded(code: str, folded: tuple[range, ...], summary: str) -> str:
    """Return Python as HTML, in which ranges of lines are folded.

    The texts of its ``code`` elements, one after the other, are exactly the code.
    """
    lines = _lines(code)
    parts, start = [], 0
    for inside in folded:
        parts.append(_pre(lines[start : inside.start]))
        parts.append(
            f'<details class="press-docstring"><summary>{summary}</summary>'
            f"{_pre(lines[inside.start : inside.stop])}</details>"
        )
        start = inside.stop
    parts.append(_pre(lines[start:]))
    return f'<div class="highlight">{"".join(parts)}</div>'


def _lines(code: str, console: bool = False) -> list[list[_Piece]]:
    """Return the tokens of code, line by line."""
    kind = PythonConsoleLexer if console else PythonLexer
    lexer = kind(stripnl=False, stripall=False, ensurenl=False)
    lines: list[list[_Piece]] = [[]]
    for token, text in lexer.get_tokens(code):
        shown = _CLASS.get(STANDARD_TYPES.get(token, ""), "")
        for line in text.splitlines(keepends=True):
            lines[-1].append((shown, line.removesuffix("\n")))
            if line.endswith("\n"):
                lines[-1].append(("", "\n"))
                lines.append([])
    return lines


def _pre(lines: Iterable[list[_Piece]]) -> str:
    """Return lines of tokens as a block of code."""
    spans = "".join(
        f'<span class="{shown}">{html.escape(text, quote=False)}</span>'
        if shown
        else html.escape(text, quote=False)
        for shown, text in _joined(piece for line in lines for piece in line)
    )
    return f"<pre><code>{spans}</code></pre>"


def _joined(pieces: Iterable[_Piece]) -> Iterator[_Piece]:
    """Yield pieces, neighbours of one class as one even if there is a blank between them."""
    shown, text, blank = "", "", ""
    for next_shown, piece in pieces:
        if not piece.strip():
            blank += piece
        elif next_shown == shown:
            text, blank = text + blank + piece, ""
        else:
            yield shown, text
            yield "", blank
            shown, text, blank = next_shown, piece, ""
    yield shown, text
    yield "", blank
