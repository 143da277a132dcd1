"""Words of the other script carry their language, so that they are read aloud and set as theirs.

An English page gives a term's Chinese name. Nobody writes the language beside it: whatever is
written in Chinese characters, outside code, is marked when the page is rendered.
"""

import re

from markdown import Markdown
from markdown.postprocessors import Postprocessor

from press.render.page_state import PageState
from press.render.void import VOID

__all__ = ["MarkLanguages", "with_languages"]

_CHINESE = re.compile(r"[㐀-鿿](?:[㐀-鿿]|[、-〿！-｠“”…—]*(?=[㐀-鿿]))*[。？！]?")
_PIECES = re.compile(r"(<!--.*?-->|<(?:[^<>\"']|\"[^\"]*\"|'[^']*')*>)", re.DOTALL)
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)")
_NO_PROSE = {"code", "math", "pre", "samp", "script", "style", "svg"}


def with_languages(html: str) -> str:
    """Return HTML in which Chinese words outside code and formulas say that they are Chinese."""
    pieces, inside = [], list[str]()
    for piece in _PIECES.split(html):
        if tag := _TAG.match(piece):
            name = tag[2].lower()
            if tag[1]:
                if inside and inside[-1] == name:
                    inside.pop()
            elif name in VOID or piece.endswith("/>"):
                pass
            elif inside[-1:] == [name] or name in _NO_PROSE or " lang=" in piece:
                inside.append(name)
        elif not (inside or piece.startswith("<!--")):
            piece = _CHINESE.sub(r'<span lang="zh-Hans">\g<0></span>', piece)
        pieces.append(piece)
    return "".join(pieces)


class MarkLanguages(Postprocessor):
    """Mark Chinese words on a page that is in another language."""

    def __init__(self, md: Markdown, page: PageState) -> None:
        super().__init__(md)
        self.page = page

    def run(self, text: str) -> str:
        """Mark them, once the page is complete."""
        done = self.page.tree_done and self.page.language != "zh"
        return with_languages(text) if done else text
