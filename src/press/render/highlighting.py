"""Python, and what it printed, as HTML."""

import html
from functools import lru_cache

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonConsoleLexer, PythonLexer

__all__ = ["highlighted", "printed"]


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
