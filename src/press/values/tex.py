r"""TeX as text: its tokens, its numerals, and the ``\val`` macros that carry expressions."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from press.values.literal import LiteralError, parse_literal, parse_number

__all__ = [
    "NUMERAL",
    "Val",
    "numerals",
    "parse_tex",
    "plain",
    "readable",
    "replace_vals",
    "split_at",
    "split_vals",
    "tokens_of",
    "vals_in",
    "without_vals",
]

_TOKEN = re.compile(
    r"\\(?:[A-Za-z]+|.)|\d{1,3}(?:\{,\}\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\s+|.", re.DOTALL
)
NUMERAL = re.compile(r"\d+(?:\{,\}\d{3})*(?:\.\d+)?|[²³¹⁰-⁹₀-₉½⅓⅔¼¾⅕-⅞①-⑳]")
_OPEN, _CLOSE = {"{", "(", "[", r"\{"}, {"}", ")", "]", r"\}"}
_READABLE = {  # TeX on the way to plain text, in this order
    r"\\(?:begin|end)\{\w+\}": "",
    r"\\(?:left|right|text|mathrm|mathbf|mathbb|displaystyle)(?![a-zA-Z])": "",
    r"\^\{?\\top\}?": "ᵀ",
    r"\^\{?\\circ\}?": "°",
    r"\\sqrt\s*\{([^{}]*)\}": r"√\1",
    r"\\sqrt\s*": "√",
    r"\\t?frac\{([^{}]*)\}\{([^{}]*)\}": r"\1/\2",
    r"\s*\\times(?![a-zA-Z])\s*": "×",
    r"\s*\\cdots?(?![a-zA-Z])\s*": "·",
    r"\\approx(?![a-zA-Z])": "≈",
    r"\\leq?(?![a-zA-Z])": "≤",
    r"\\geq?(?![a-zA-Z])": "≥",
    r"\\neq?(?![a-zA-Z])": "≠",
    r"\\to(?![a-zA-Z])": "→",
    r"\\theta(?![a-zA-Z])": "θ",
    r"\\sum(?![a-zA-Z])": "∑",
    r"\\pi(?![a-zA-Z])": "π",
    r"\\\|": "‖",
    r"\\\\": "; ",
    r"\\[,;:! ]|&": " ",
    r"\{,\}": ",",
    r"[{}\\]": "",
}


@dataclass(frozen=True)
class Val:
    r"""One ``\val{literal}{expression}`` of a formula.

    Attributes:
        literal: the literal in TeX.
        expression: the Python that it must equal.
        parsed: what the literal says.
    """

    literal: str
    expression: str
    parsed: object


def split_vals(tex: str) -> tuple[str, list[Val]]:
    r"""Take the ``\val`` macros out of a formula.

    Returns:
        The formula with each macro replaced by its literal in braces, and the macros.

    Raises:
        LiteralError: if a macro is malformed or its literal is none.
    """
    vals: list[Val] = []
    kept, position = "", 0
    for start, literal, expression, end in _macros(tex):
        kept += tex[position:start] + "{" + literal + "}"
        position = end
        vals.append(Val(literal, expression.strip(), parse_tex(literal)))
    return kept + tex[position:], vals


def vals_in(tex: str) -> list[Val]:
    r"""Return the ``\val`` macros of a formula; none if one is malformed, as a check will say."""
    try:
        return split_vals(tex)[1]
    except LiteralError:
        return []


def without_vals(tex: str) -> str:
    r"""Return a formula with ``\val`` macros taken out, literal and all."""
    kept, position = "", 0
    for start, _, _, end in _macros(tex):
        kept += tex[position:start] + r"\square "
        position = end
    return kept + tex[position:]


def replace_vals(tex: str, write: Callable[[str, str], str]) -> str:
    r"""Return a formula with each ``\val{literal}{expression}`` rewritten."""
    kept, position = "", 0
    for start, literal, expression, end in _macros(tex):
        kept += tex[position:start] + write(literal, expression.strip())
        position = end
    return kept + tex[position:]


def readable(tex: str) -> str:
    r"""Return a formula in a line of plain text, as a search result shows it.

    Examples:
        >>> readable(r"\mathrm{softmax}(QK^\top/\sqrt{d_k})V")
        'softmax(QKᵀ/√d_k)V'
    """
    text = replace_vals(tex, lambda literal, _: literal) if vals_in(tex) else tex
    for pattern, plain in _READABLE.items():
        text = re.sub(pattern, plain, text)
    return " ".join(text.split())


def parse_tex(literal: str) -> object:
    r"""Parse the literal of a ``\val``: a number, or a matrix environment of numbers.

    Raises:
        LiteralError: if it is neither.
    """
    matrix = re.fullmatch(r"\s*\\begin\{([bp]?matrix)\}(.*)\\end\{\1\}\s*", literal, re.DOTALL)
    if matrix is None:
        return parse_number(plain(literal))
    rows = [row for row in matrix[2].split(r"\\") if row.strip()]
    return [[parse_literal(plain(cell)) for cell in row.split("&")] for row in rows]


def numerals(tex: str) -> list[str]:
    """Return the numerals of a formula, in order.

    Examples:
        >>> numerals(r"a^2 + 2ab_{10} + 1{,}000")
        ['2', '2', '10', '1000']
    """
    return [match[0].replace("{,}", "") for match in NUMERAL.finditer(tex)]


def plain(tex: str) -> str:
    """Return a TeX number as a plain literal."""
    tex = re.sub(r"\\(?:,|;|!|:| )|[{}]?\\phantom\{-\}", "", tex.replace("{,}", ",")).strip()
    tex = re.sub(r"\\times\s*10\^\{?(-?\d+)\}?$", r"e\1", tex)
    tex = tex.replace(r"\%", "%").replace(r"^\circ", "°").replace(r"^{\circ}", "°")
    return tex.replace(r"\approx", "≈").strip()


def tokens_of(tex: str) -> list[str]:
    """Split TeX into commands, numbers and characters; a ``val`` is one token."""
    tokens, position = [], 0
    for match in re.finditer(r"\\val(?=\{)", tex):
        tokens += _TOKEN.findall(tex[position : match.start()])
        position = _group_end(tex, match.end())
        tokens.append(tex[match.start() : position])
    return tokens + _TOKEN.findall(tex[position:])


def split_at(tokens: list[str], at: set[str]) -> list[tuple[list[str], str]]:
    """Split tokens at those of ``at`` outside all brackets; with the token before each part."""
    parts: list[tuple[list[str], str]] = [([], "")]
    depth = 0
    for token in tokens:
        depth += (token in _OPEN) - (token in _CLOSE)
        if depth == 0 and token in at:
            parts.append(([], token))
        else:
            parts[-1][0].append(token)
    return parts


def _macros(tex: str) -> Iterator[tuple[int, str, str, int]]:
    r"""Yield start, literal, expression and end of each ``\val``."""
    for match in re.finditer(r"\\val(?![A-Za-z])", tex):
        middle = _group_end(tex, match.end())
        end = _group_end(tex, middle)
        yield match.start(), tex[match.end() + 1 : middle - 1], tex[middle + 1 : end - 1], end


def _group_end(tex: str, start: int) -> int:
    """Return the offset behind the braced group that starts at ``start``."""
    if tex[start : start + 1] != "{":
        raise LiteralError(rf"\val is written \val{{literal}}{{expression}}; got {tex!r}")
    depth = 0
    for i in range(start, len(tex)):
        depth += (tex[i] == "{") - (tex[i] == "}")
        if depth == 0:
            return i + 1
    raise LiteralError(rf"\val is written \val{{literal}}{{expression}}; got {tex!r}")
