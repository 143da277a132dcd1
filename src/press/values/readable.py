r"""A formula in a line of plain text: what search finds, and what stands in an attribute.

TeX is read as it is built, by groups and arguments, so that no command and no brace is lost on
the way. What this module has no text for is an error, and the page that holds it says so.
"""

import re
import unicodedata
from collections.abc import Iterator

from press.values.tex import Tex, tokens_of

__all__ = ["UnreadableError", "readable"]

_NAMES = ("cos", "exp", "ln", "log", "max", "min", "sin", "tanh")
_TEXT = {rf"\{name}": name for name in _NAMES}  # commands without an argument
for _commands, _texts in (
    (r"\alpha \beta \gamma \eta \theta \lambda \pi \rho \sigma \omega", "αβγηθλπρσω"),
    (r"\Sigma \ell \nabla \partial \sum \infty \circ \top", "Σℓ∇∂∑∞°ᵀ"),
    (r"\times \cdot \odot \cup \in \to \approx \le \ge \ne", "×·⊙∪∈→≈≤≥≠"),
    (r"\leq \geq \neq \cdots \vdots \lfloor \rfloor \| \% \{ \}", "≤≥≠⋯⋮⌊⌋‖%{}"),
):
    _TEXT |= dict(zip(_commands.split(), _texts, strict=True))
_TEXT |= dict.fromkeys((r"\,", r"\;", r"\:", r"\ ", r"\quad", "~", "&"), " ")
_TEXT |= dict.fromkeys((r"\\", r"\qquad"), "; ")
_TEXT |= dict.fromkeys((r"\!", r"\left", r"\right", r"\bigl", r"\bigr", r"\Bigl", r"\Bigr"), "")
_FRACTIONS = (r"\frac", r"\tfrac", r"\dfrac")
_UPRIGHT = (r"\text", r"\mathrm", r"\mathbf", r"\mathbb")
_ACCENTS = {r"\bar": "\u0304", r"\hat": "\u0302"}
_BRACKETS = {"bmatrix": ("[", "]"), "cases": ("{", "}"), "aligned": ("", "")}
_GOES_ON = re.compile(r" ?(?:; *)?([=≈≤≥<>]) ?")
_IN_BRACKETS = re.compile(r"\([^()]+\)")
_BARE = {  # what needs no brackets of its own over a fraction's line, below it, and in a root
    "over": re.compile(r"[^\s+\-=≈≤≥;,∑]+"),
    "below": re.compile(r"[∂∇√]?(?:\d[\d.,]*|[^\W\d_]|[^\W\d_]{3,})(?:_[^\W_]+)?(?:\(\))?|‖\w‖"),
}
_SCRIPTS = {"_": re.compile(r".|[^\W_]+"), "^": re.compile(r".|\d+|\([^()]*\)")}


class UnreadableError(ValueError):
    """TeX that plain text has no words for."""


def readable(tex: Tex) -> str:
    r"""Return a formula in a line of plain text, as a search result shows it.

    Examples:
        >>> from press.values.tex import read_tex
        >>> readable(read_tex(r"\mathrm{softmax}\!\left(\frac{QK^\top}{\sqrt{d_k}}\right)V"))
        'softmax(QKᵀ/√d_k)V'
        >>> readable(read_tex(r"\frac{\partial L}{\partial W_q}=X^\top GK\qquad V=XW_v"))
        '∂L/∂W_q=XᵀGK; V=XW_v'

    Raises:
        UnreadableError: if it holds a command that has no text here, or ends too soon.
    """
    text = " ".join(_Reader(tex).until("").split())
    return re.sub(r" ?([;,])(?: ?;)*", r"\1", text)


class _Reader:
    """Takes tokens from the left; each method returns the text of what it took."""

    def __init__(self, tex: Tex) -> None:
        self.tokens = [str(token) for token in tokens_of((tex.shown,))]
        self.tokens.reverse()  # the next one is the last

    def take(self) -> str:
        """Take the next token."""
        if not self.tokens:
            message = "a formula must end after its groups and arguments; this one ends before"
            raise UnreadableError(message)
        return self.tokens.pop()

    def until(self, end: str) -> str:
        """Take all before ``end``, and ``end``; all that is left if it is empty."""
        return "".join(_spaced(self.pieces(end)))

    def pieces(self, end: str) -> Iterator[tuple[str, bool]]:
        """Yield text, and whether a letter beside it would be read as part of it."""
        while (self.tokens or end) and (token := self.take()) != end:
            if token in ("_", "^"):
                script = self.script(token)
                yield script, script[0] == token
            elif token in _FRACTIONS:
                over, below = self.argument(), self.argument()
                yield f"{_wrapped(over, 'over')}/{_wrapped(below, 'below')}", True
            elif not token.isspace():
                text = self.text_of(token)
                yield text, len(text) > 1 and text.isalpha()

    def text_of(self, token: str) -> str:
        """Return the text of what starts with this token, which is taken already."""
        if token == "{":
            return self.until("}")
        if token == r"\sqrt":
            if self.tokens[-1:] == ["["]:
                raise UnreadableError(_none_for(r"\sqrt["))
            return "√" + _wrapped(self.argument(), "below")
        if token in _UPRIGHT:
            return self.words() if token == r"\text" else self.argument()
        if token in _ACCENTS:
            text = self.argument()
            return unicodedata.normalize("NFC", text[:1] + _ACCENTS[token]) + text[1:]
        if token == r"\begin":
            return self.table(self.words())
        if token == "}" or (token.startswith("\\") and token not in _TEXT):
            raise UnreadableError(_none_for(token))
        return _TEXT.get(token, token.replace("{,}", ","))

    def argument(self) -> str:
        """Take a group, or one token; of a number its first digit."""
        while self.tokens and self.tokens[-1].isspace():
            self.tokens.pop()
        token = self.take()
        if token.isdigit() and len(token) > 1:
            self.tokens.append(token[1:])
            token = token[0]
        return self.text_of(token)

    def words(self) -> str:
        """Take a group as it is written, its spaces too."""
        if (start := self.take()) != "{":
            raise UnreadableError(_none_for(f"{start!r} where a group must begin"))
        taken = []
        while (token := self.take()) != "}":
            taken.append(token)
        return "".join(taken)

    def script(self, mark: str) -> str:
        """Take an index or an exponent; what is raised is what its brackets hold."""
        text = self.argument().strip()
        if text in ("ᵀ", "°"):
            return text
        return mark + (text if _SCRIPTS[mark].fullmatch(text) else f"({text})")

    def table(self, name: str) -> str:
        """Take an environment: rows that end with a semicolon, between its brackets."""
        if name not in _BRACKETS:
            raise UnreadableError(_none_for(name))
        start, end = _BRACKETS[name]
        rows = self.until(r"\end")
        self.words()
        # An equation that goes on in the next line is one.
        return start + (_GOES_ON.sub(r"\1", rows) if name == "aligned" else rows) + end


def _spaced(pieces: Iterator[tuple[str, bool]]) -> Iterator[str]:
    """Yield texts, a space between two that would be read as one."""
    last, was_word = " ", False
    for text, is_word in pieces:
        if not text:
            continue
        starts = text != "ᵀ" and (text[0].isalnum() or text[0] in "√∑∂∇")
        if starts and (was_word or (is_word and last.isalnum())):
            yield " "
        yield text
        last, was_word = text[-1], is_word


def _wrapped(text: str, where: str) -> str:
    """Return a text in brackets, unless what is outside its own brackets may stand bare."""
    outer = text
    while (inner := _IN_BRACKETS.sub("()", outer)) != outer:
        outer = inner
    return text if _BARE[where].fullmatch(outer) else f"({text})"


def _none_for(what: str) -> str:
    return f"a formula must have a plain text for search; press.values.readable has none for {what}"
