r"""Numbers in formulas: which relations are numeric, and whether they hold.

The grammar is small on purpose. A side of a relation is numeric if all of it parses:

    sum      = product (("+" | "-") product)*
    product  = power (("\times" | "\cdot" | "/" | "\div")? power)*
    power    = sign? atom ("^" group)? "\%"?
    atom     = number | "(" sum ")" | "|" sum "|" | "\frac" group group | "\sqrt" group
             | "\pi" | "e" | function power
    group    = one digit | "{" sum "}"
    function = "\cos" | "\sin" | "\arccos" | "\ln" | "\exp"
    number   = digits with "." or "{,}" between thousands; "^\circ" behind it is degrees

Factors may stand side by side, ``2\sqrt{3}``, but not where people read that in two ways:
not behind a division, ``1/2\pi``, and not behind a function's bare argument, ``\cos 2\pi``.
Nor is ``\ln(2)^2`` read. Nothing is read that TeX would show differently.

Whatever holds a digit and does not parse needs ``\val{…}{expression}`` or an identity.
"""

import ast
import math
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from press.literal import LiteralError, Number, parse_literal, parse_number, show

__all__ = [
    "Chain",
    "Side",
    "Val",
    "numerals",
    "python_numerals",
    "readable",
    "relations",
    "split_vals",
]

_RELATIONS = {
    "=": "=",
    r"\approx": "≈",
    "<": "<",
    ">": ">",
    r"\le": "≤",
    r"\leq": "≤",
    r"\ge": "≥",
    r"\geq": "≥",
    r"\ne": "≠",
    r"\neq": "≠",
}
_SEPARATORS = {r"\\", r"\quad", r"\qquad", r"\implies", r"\iff", r"\Rightarrow", ","}
_SPACES = {"&", r"\,", r"\;", r"\:", r"\!", r"\ ", "~", r"\displaystyle", r"\limits"}
_TOKEN = re.compile(
    r"\\(?:[A-Za-z]+|.)|\d{1,3}(?:\{,\}\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\s+|.", re.DOTALL
)
_NUMERAL = re.compile(r"\d+(?:\{,\}\d{3})*(?:\.\d+)?|[²³¹⁰-⁹₀-₉½⅓⅔¼¾⅕-⅞①-⑳]")
_OPEN, _CLOSE = {"{", "(", "[", r"\{"}, {"}", ")", "]", r"\}"}
_FUNCTIONS: dict[str, Callable[[float], float]] = {
    r"\cos": math.cos,
    r"\sin": math.sin,
    r"\arccos": math.acos,
    r"\ln": math.log,
    r"\exp": math.exp,
}
_BESIDE = ("(", r"\sqrt", r"\frac", r"\pi", "e", *_FUNCTIONS)  # may follow a factor directly
EXACT = 1e-12  # how far two sides may differ, for they are computed with rounding
NOTHING = 1e-15  # what is left where a side should be 0
LARGEST_BITS = 10_000  # no power on a page is larger


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


class NotNumericError(ValueError):
    """A side that is not made of numbers alone."""


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


@dataclass(frozen=True)
class Side:
    """One side of a relation.

    Attributes:
        tex: as it stands on the page.
        value: its value, or None if it holds no digits.
        literal: what it says as a plain number, or None if it is an expression.
        proved: all its digits stand in a ``val``.
        degrees: the literal counts degrees, while the value is in radians.
    """

    tex: str
    value: Fraction | float | None
    literal: Number | None
    proved: bool
    degrees: bool = False


@dataclass(frozen=True)
class Chain:
    """Sides and the relations between them: ``a = b ≈ c``."""

    sides: tuple[Side, ...]
    operators: tuple[str, ...]

    def failures(self) -> Iterator[str]:
        """Yield what does not hold, or is not proved by anything."""
        numeric = [i for i, side in enumerate(self.sides) if side.value is not None]
        for i in numeric:
            if len(numeric) < 2 and not self.sides[i].proved:
                yield (
                    f"{self.sides[i].tex!r} stands alone: a number in a formula is one side of a"
                    r" numeric relation, or \val{number}{expression}, or covered by an identity"
                )
        for i, j in pairwise(numeric):
            message = _compare(self.sides[i], self.operators[i:j], self.sides[j])
            if message:
                yield message


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
    text = replace_vals(tex, lambda literal, _: literal)
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
        return parse_number(_plain(literal))
    rows = [row for row in matrix[2].split(r"\\") if row.strip()]
    return [[parse_literal(_plain(cell)) for cell in row.split("&")] for row in rows]


def numerals(tex: str) -> list[str]:
    """Return the numerals of a formula, in order.

    Examples:
        >>> numerals(r"a^2 + 2ab_{10} + 1{,}000")
        ['2', '2', '10', '1000']
    """
    return [_normal(match[0].replace("{,}", "")) for match in _NUMERAL.finditer(tex)]


def python_numerals(expression: str) -> list[str]:
    """Return the numeric literals of a Python expression, in order.

    Examples:
        >>> python_numerals("norm(a)**2 - 2*dot(a, b)")
        ['2', '2']
    """
    constants = [
        node
        for node in ast.walk(ast.parse(expression, mode="eval"))
        if isinstance(node, ast.Constant) and isinstance(node.value, int | float)
    ]
    constants.sort(key=lambda node: (node.lineno, node.col_offset))
    return [_normal(ast.get_source_segment(expression, node) or "") for node in constants]


def relations(tex: str) -> list[Chain]:
    r"""Split a formula into its chains of relations.

    Examples:
        >>> [chain] = relations(r"a\cdot b = 3\times4 + 4\times3 = 24")
        >>> [side.value for side in chain.sides]
        [None, Fraction(24, 1), Fraction(24, 1)]
        >>> list(chain.failures())
        []

    Raises:
        NotNumericError: if a side holds digits that the grammar does not cover.
        LiteralError: if a ``val`` is malformed.
    """
    flat = re.sub(r"\\(?:begin|end)\{(?:aligned|align\*?|gathered|split)\}", " ", tex)
    marked = replace_vals(flat, lambda literal, _: rf"\val{{{literal}}}")
    chains: list[Chain] = []
    for piece in _split(_tokens(marked), _SEPARATORS):
        tokens = [token for token in piece[0] if token.strip() and token not in _SPACES]
        if not tokens:
            continue
        parts = _split(tokens, set(_RELATIONS))
        sides = tuple(_side(part) for part, _ in parts)
        operators = tuple(_RELATIONS[operator] for _, operator in parts[1:])
        if not parts[0][0] and chains:  # "\\\\ &= …" goes on with the line above
            above = chains.pop()
            sides, operators = above.sides + sides[1:], above.operators + operators
        chains.append(Chain(sides, operators))
    return chains


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


def _plain(tex: str) -> str:
    """Return a TeX number as a plain literal."""
    tex = re.sub(r"\\(?:,|;|!|:| )|[{}]?\\phantom\{-\}", "", tex.replace("{,}", ",")).strip()
    tex = re.sub(r"\\times\s*10\^\{?(-?\d+)\}?$", r"e\1", tex)
    tex = tex.replace(r"\%", "%").replace(r"^\circ", "°").replace(r"^{\circ}", "°")
    return tex.replace(r"\approx", "≈").strip()


def _normal(numeral: str) -> str:
    """Return a numeral so that 2, 2.0 and 02 read alike only where they are written alike."""
    return numeral.replace("_", "")


def _tokens(tex: str) -> list[str]:
    """Split TeX into commands, numbers and characters; a ``val`` is one token."""
    tokens, position = [], 0
    for match in re.finditer(r"\\val(?=\{)", tex):
        tokens += _TOKEN.findall(tex[position : match.start()])
        position = _group_end(tex, match.end())
        tokens.append(tex[match.start() : position])
    return tokens + _TOKEN.findall(tex[position:])


def _split(tokens: list[str], at: set[str]) -> list[tuple[list[str], str]]:
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


def _side(tokens: list[str]) -> Side:
    """Evaluate one side, if there is a number in it.

    Raises:
        NotNumericError: if it holds digits and does not parse.
    """
    tex = "".join(tokens)
    if len(tokens) == 1 and tokens[0].startswith(r"\val{"):
        parsed = parse_tex(tokens[0][5:-1])
        value = parsed.value if isinstance(parsed, Number) else None
        return Side(tex, value, parsed if isinstance(parsed, Number) else None, proved=True)
    if not any(_NUMERAL.search(_outside_val(token)) for token in tokens):
        proved = any(token.startswith(r"\val{") for token in tokens)
        return Side(tex, _value_around(tokens) if proved else None, None, proved)
    return Side(tex, _Parser(tokens).parse(), _literal(tex), False, degrees=r"\circ" in tex)


def _literal(tex: str) -> Number | None:
    """Return what a side says as a plain number, or None if it is an expression."""
    try:
        return parse_number(_plain(tex))
    except LiteralError:
        return None


def _value_around(tokens: list[str]) -> Fraction | float | None:
    """Return the value of a side whose digits are proved, or None if there are symbols in it."""
    with suppress(NotNumericError):
        return _Parser(tokens).parse()
    return None


def _outside_val(token: str) -> str:
    return "" if token.startswith(r"\val{") else token


class _Parser:
    """Recursive descent over the grammar above."""

    def __init__(self, tokens: list[str]) -> None:
        drop = {r"\left", r"\right", r"\bigl", r"\bigr", r"\big", r"\Big", r"\Bigl", r"\Bigr"}
        self.tokens = [token for token in tokens if token not in drop]
        self.text = "".join(tokens)
        self.at = 0

    def parse(self) -> Fraction | float:
        try:
            value = self.sum()
        except (ArithmeticError, RecursionError, ValueError) as error:
            if isinstance(error, NotNumericError | LiteralError):
                raise
            raise NotNumericError(f"{self.text!r} has no value: {error}") from None
        if self.at != len(self.tokens):
            raise self.stuck()
        if isinstance(value, float) and not math.isfinite(value):
            raise NotNumericError(f"{self.text!r} has no finite value")
        return value

    def stuck(self) -> NotNumericError:
        return NotNumericError(
            f"{self.text!r} holds digits that the press cannot check: write"
            r" \val{number}{expression}, or attach an identity {= left == right}"
        )

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, *expected: str) -> str:
        token = self.peek()
        if not token or (expected and token not in expected):
            raise self.stuck()
        self.at += 1
        return token

    def sum(self) -> Fraction | float:
        value = self.product()
        while self.peek() in ("+", "-"):
            sign = self.take()
            term = self.product()
            value = value + term if sign == "+" else value - term
        return value

    def product(self) -> Fraction | float:
        value = self.power()
        divided = False
        while True:
            token = self.peek()
            if token in (r"\times", r"\cdot"):
                self.take()
                value = value * self.power()
                divided = False
            elif token in ("/", r"\div"):
                self.take()
                value = value / self.power()
                divided = True
            elif token in _BESIDE:
                if divided:
                    raise self.stuck()
                value = value * self.power()
            else:
                return value

    def power(self) -> Fraction | float:
        if self.peek() in ("-", "+"):
            return -self.power() if self.take() == "-" else self.power()
        value = self.atom()
        if self.peek() == "^":
            self.take()
            value = math.radians(value) if self.circle() else _power(value, self.group())
        if self.peek() == r"\%":
            self.take()
            value = value / 100
        return value

    def circle(self) -> bool:
        r"""Return whether ``\circ`` follows, and take it."""
        for form in ([r"\circ"], ["{", r"\circ", "}"]):
            if self.tokens[self.at : self.at + len(form)] == form:
                self.at += len(form)
                return True
        return False

    def group(self) -> Fraction | float:
        if self.peek() != "{":
            token = self.take()
            if not token.isdecimal() or len(token) > 1:
                raise self.stuck()
            return Fraction(token)
        self.take("{")
        value = self.sum()
        self.take("}")
        return value

    def argument(self) -> Fraction | float:
        """Return a function's argument, where all people read the same one."""
        closed = self.peek() == "("  # braces are not shown
        value = self.group() if self.peek() == "{" else self.atom() if closed else self.power()
        if self.peek() == "^" or (self.peek() in _BESIDE and not closed):
            raise self.stuck()
        return value

    def atom(self) -> Fraction | float:
        token = self.take()
        if token[0].isdecimal():
            return Fraction(token.replace("{,}", ""))
        if token.startswith(r"\val{"):
            parsed = parse_tex(token[5:-1])
            if isinstance(parsed, Number) and (token[5:-1].isdecimal() or self.peek() != "^"):
                return parsed.value
        if token == "{":  # not shown, so it may hold nothing that brackets would change
            value = self.atom()
            self.take("}")
            return value
        if token == "(":
            value = self.sum()
            self.take(")")
            return value
        if token == "|":
            value = self.sum()
            self.take("|")
            return -value if value < 0 else value
        if token == r"\frac":
            above, below = self.group(), self.group()
            return above / below
        if token == r"\sqrt":
            radicand = self.group()
            root = math.sqrt(radicand)
            return Fraction(int(root)) if int(root) ** 2 == radicand else root
        if token == r"\pi":
            return math.pi
        if token == "e":
            return math.e
        if token in _FUNCTIONS:
            return _FUNCTIONS[token](float(self.argument()))
        raise self.stuck()


def _power(base: Fraction | float, exponent: Fraction | float) -> Fraction | float:
    """Return a power, exact where both are."""
    if isinstance(base, Fraction) and isinstance(exponent, Fraction) and exponent.denominator == 1:
        bits = max(base.numerator.bit_length(), base.denominator.bit_length())
        if bits * abs(exponent) > LARGEST_BITS:
            raise NotNumericError(f"a power of at most {LARGEST_BITS} bits; got {exponent}")
        return base ** int(exponent)
    return math.pow(base, exponent)


def _compare(left: Side, operators: tuple[str, ...], right: Side) -> str:
    """Return what is wrong between two numeric sides, or nothing."""
    kinds = set(operators) - {"="}
    if len(kinds) > 1:
        return f"one kind of relation between two numbers; got {' '.join(operators)}"
    operator = kinds.pop() if kinds else "="
    a, b = left.value, right.value
    if a is None or b is None:
        return ""
    if operator == "≈":
        holds = _about(left, right)
    elif operator in ("=", "≠"):
        nothing = 0.0 if a and b else NOTHING
        equal = a == b if _exact(a, b) else math.isclose(a, b, rel_tol=EXACT, abs_tol=nothing)
        holds = equal == (operator == "=")
    else:
        holds = {"<": a < b, ">": a > b, "≤": a <= b, "≥": a >= b}[operator]
    if holds:
        return ""
    return (
        f"the formula says {left.tex} {operator} {right.tex};"
        f" the left side is {show(Fraction(a))}, the right side {show(Fraction(b))}"
    )


def _exact(a: Fraction | float, b: Fraction | float) -> bool:
    return isinstance(a, Fraction) and isinstance(b, Fraction)


def _about(left: Side, right: Side) -> bool:
    """Return whether one side, rounded to the digits that the other shows, is the other."""
    literals = [(side, other) for side, other in ((right, left), (left, right)) if side.literal]
    for side, other in literals:
        number, value = side.literal, other.value
        if number is None or value is None:
            continue
        if side.degrees:
            value = math.degrees(value)
        rounded = Number(number.value, number.step, exact=False)
        if rounded.states(Fraction(value)):
            return True
    return False
