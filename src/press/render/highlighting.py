"""Python, and what it printed, as HTML."""

import html
import re
from functools import lru_cache

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonConsoleLexer, PythonLexer

__all__ = ["highlighted", "highlighted_and_folded", "printed"]


def printed(label: str, output: str) -> str:
    """Return what a program printed as HTML."""
    return (
        f'<div class="press-output"><span class="press-label">{label}</span>'
        f"<pre><samp>{html.escape(output, quote=False)}</samp></pre></div>"
    )


@lru_cache(maxsize=512)
def highlighted(code: str, console: bool = False) -> str:
    """Return Python, or a session of its console, as HTML whose text is exactly the code."""
    return f'<div class="highlight">{_pre(_tokens(code, console))}</div>'


@lru_cache(maxsize=512)
def highlighted_and_folded(code: str, folded: tuple[range, ...], summary: str) -> str:
    """Return Python as HTML, in which ranges of lines are folded.

    The texts of its ``code`` elements, one after the other, are exactly the code.
    """
    lines = re.split(r"(?<=\n)", _tokens(code))  # no token goes on in another line
    parts, start = [], 0
    for inside in folded:
        rest = "".join(lines[inside.start : inside.stop])
        parts.append(_pre("".join(lines[start : inside.start])))
        parts.append(
            f'<details class="press-docstring"><summary>{summary}</summary>{_pre(rest)}</details>'
        )
        start = inside.stop
    parts.append(_pre("".join(lines[start:])))
    return f'<div class="highlight">{"".join(parts)}</div>'


def _tokens(code: str, console: bool = False) -> str:
    """Return code as text with a span around each token."""
    kind = PythonConsoleLexer if console else PythonLexer
    lexer = kind(stripnl=False, stripall=False, ensurenl=False)
    tokens: str = highlight(code, lexer, HtmlFormatter(nowrap=True))
    return tokens if code.endswith("\n") else tokens.removesuffix("\n")  # Pygments ends each line


def _pre(tokens: str) -> str:
    """Return tokens as a block of code."""
    return f"<pre><code>{tokens}</code></pre>"
