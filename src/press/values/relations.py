r"""Numbers in formulas: which relations are numeric, and whether they hold.

A formula is split into chains of sides, ``a = b \approx c``. Each side that holds digits
must be one that `press.values.arithmetic` reads; the others are left alone. What holds a digit
and cannot be read needs ``\val{…}{expression}`` or an identity.
"""

import ast
import math
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from press.values.arithmetic import NotNumericError, Parser
from press.values.literal import LiteralError, Number, parse_number, show
from press.values.tex import NUMERAL, Tex, Token, Val, plain, split_at, tokens_of

__all__ = ["Chain", "Side", "python_numerals", "relations"]

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
_LINES = re.compile(r"\\(?:begin|end)\{(?:aligned|align\*?|gathered|split)\}")
_SPACES = {"&", r"\,", r"\;", r"\:", r"\!", r"\ ", "~", r"\displaystyle", r"\limits"}
EXACT = 1e-12  # how far two sides may differ, for they are computed with rounding
NOTHING = 1e-15  # what is left where a side should be 0


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
    return [(ast.get_source_segment(expression, node) or "").replace("_", "") for node in constants]


def relations(tex: Tex) -> list[Chain]:
    r"""Split a formula into its chains of relations.

    Examples:
        >>> from press.values.tex import read_tex
        >>> [chain] = relations(read_tex(r"a\cdot b = 3\times4 + 4\times3 = 24"))
        >>> [side.value for side in chain.sides]
        [None, Fraction(24, 1), Fraction(24, 1)]
        >>> list(chain.failures())
        []

    Raises:
        NotNumericError: if a side holds digits that the grammar does not cover.
        LiteralError: if the literal of a ``val`` is no number and no matrix of numbers.
    """
    parts = (part if isinstance(part, Val) else _LINES.sub(" ", part) for part in tex.parts)
    chains: list[Chain] = []
    for piece, _ in split_at(tokens_of(parts), _SEPARATORS):
        tokens = [token for token in piece if not _is_space(token)]
        if not tokens:
            continue
        between = split_at(tokens, _RELATIONS)
        sides = tuple(_side(side) for side, _ in between)
        operators = tuple(_RELATIONS[operator] for _, operator in between[1:])
        if not between[0][0] and chains:  # "\\\\ &= …" goes on with the line above
            above = chains.pop()
            sides, operators = above.sides + sides[1:], above.operators + operators
        chains.append(Chain(sides, operators))
    return chains


def _is_space(token: Token) -> bool:
    return isinstance(token, str) and (not token.strip() or token in _SPACES)


def _side(tokens: list[Token]) -> Side:
    """Evaluate one side, if there is a number in it.

    Raises:
        NotNumericError: if it holds digits and does not parse.
    """
    tex = "".join(map(str, tokens))
    if len(tokens) == 1 and isinstance(tokens[0], Val):
        parsed = tokens[0].parse()
        literal = parsed if isinstance(parsed, Number) else None
        return Side(tex, literal.value if literal else None, literal, proved=True)
    if not any(isinstance(token, str) and NUMERAL.search(token) for token in tokens):
        proved = any(isinstance(token, Val) for token in tokens)
        return Side(tex, _value_around(tokens) if proved else None, None, proved)
    return Side(tex, Parser(tokens).parse(), _literal(tex), False, degrees=r"\circ" in tex)


def _literal(tex: str) -> Number | None:
    """Return what a side says as a plain number, or None if it is an expression."""
    try:
        return parse_number(plain(tex))
    except LiteralError:
        return None


def _value_around(tokens: list[Token]) -> Fraction | float | None:
    """Return the value of a side whose digits are proved, or None if there are symbols in it."""
    with suppress(NotNumericError):
        return Parser(tokens).parse()
    return None


def _compare(left: Side, operators: tuple[str, ...], right: Side) -> str:
    """Return what is wrong between two numeric sides, or nothing."""
    kinds = set(operators) - {"="}
    if len(kinds) > 1:
        return f"two numbers must have one kind of relation between them; got {' '.join(operators)}"
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
