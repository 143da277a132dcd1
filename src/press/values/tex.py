r"""TeX as text: its tokens, its numerals, and the ``\val`` macros that carry expressions."""

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from press.values.literal import LiteralError, parse_literal, parse_number

__all__ = [
    "NUMERAL",
    "Tex",
    "Token",
    "Val",
    "numerals",
    "parse_literal_in_tex",
    "plain",
    "read_tex",
    "split_at",
    "tokens_of",
]

_TOKEN = re.compile(
    r"\\(?:[A-Za-z]+|.)|\d{1,3}(?:\{,\}\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\s+|.", re.DOTALL
)
NUMERAL = re.compile(r"\d+(?:\{,\}\d{3})*(?:\.\d+)?|[²³¹⁰-⁹₀-₉½⅓⅔¼¾⅕-⅞①-⑳]")
_OPEN, _CLOSE = {"{", "(", "[", r"\{"}, {"}", ")", "]", r"\}"}


@dataclass(frozen=True)
class Val:
    r"""One ``\val{literal}{expression}`` of a formula.

    Attributes:
        literal: the literal in TeX.
        expression: the Python that it must equal.
    """

    literal: str
    expression: str

    def parse(self) -> object:
        """Return what the literal says.

        Raises:
            LiteralError: if it is no number and no matrix of numbers.
        """
        return parse_literal_in_tex(self.literal)

    def __str__(self) -> str:
        """Return the macro as failures show it, without its expression."""
        return rf"\val{{{self.literal}}}"


Token = str | Val
"""A command, a number, a character, or a whole ``val``."""


@dataclass(frozen=True)
class Tex:
    r"""A formula, its ``\val`` macros apart from the rest.

    Attributes:
        source: as it stands on the page.
        parts: the text between the macros, and the macros, in order.
    """

    source: str
    parts: tuple[Token, ...]

    @property
    def vals(self) -> list[Val]:
        r"""The ``\val`` macros, in order."""
        return [part for part in self.parts if isinstance(part, Val)]

    @property
    def shown(self) -> str:
        """The formula as a reader sees it: the literals stand for their macros."""
        return self.with_vals(lambda val: val.literal)

    @property
    def without_vals(self) -> str:
        """The formula with its macros taken out, literal and all."""
        return self.with_vals(lambda _: r"\square ")

    def with_vals(self, write: Callable[[Val], str]) -> str:
        """Return the formula with each macro rewritten."""
        return "".join(part if isinstance(part, str) else write(part) for part in self.parts)


def read_tex(source: str) -> Tex:
    r"""Set the ``\val`` macros of a formula apart.

    Examples:
        >>> read_tex(r"s=\val{27.7}{length}").vals
        [Val(literal='27.7', expression='length')]

    Raises:
        LiteralError: if a macro is not closed, or lacks one of its two groups.
    """
    parts: list[Token] = []
    position = 0
    for match in re.finditer(r"\\val(?![A-Za-z])", source):
        if match.start() < position:
            continue  # the literal of the macro before is none: whoever parses it says so
        middle = _group_end(source, match.end())
        end = _group_end(source, middle)
        expression = source[middle + 1 : end - 1].strip()
        parts += [source[position : match.start()]]
        parts += [Val(source[match.end() + 1 : middle - 1], expression)]
        position = end
    parts.append(source[position:])
    return Tex(source, tuple(part for part in parts if part != ""))


def parse_literal_in_tex(literal: str) -> object:
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


def tokens_of(parts: Iterable[Token]) -> list[Token]:
    """Split TeX into commands, numbers and characters; a ``val`` is one token."""
    tokens: list[Token] = []
    for part in parts:
        tokens += [part] if isinstance(part, Val) else _TOKEN.findall(part)
    return tokens


def split_at(tokens: list[Token], at: Collection[str]) -> list[tuple[list[Token], str]]:
    """Split tokens at those of ``at`` outside all brackets; with the token before each part."""
    parts: list[tuple[list[Token], str]] = [([], "")]
    depth = 0
    for token in tokens:
        depth += (token in _OPEN) - (token in _CLOSE)
        if depth == 0 and isinstance(token, str) and token in at:
            parts.append(([], token))
        else:
            parts[-1][0].append(token)
    return parts


def _group_end(tex: str, start: int) -> int:
    """Return the offset after the braced group that starts at ``start``."""
    if tex[start : start + 1] != "{":
        raise LiteralError(rf"\val is written \val{{literal}}{{expression}}; got {tex!r}")
    depth = 0
    for i in range(start, len(tex)):
        depth += (tex[i] == "{") - (tex[i] == "}")
        if depth == 0:
            return i + 1
    raise LiteralError(rf"\val is written \val{{literal}}{{expression}}; got {tex!r}")
