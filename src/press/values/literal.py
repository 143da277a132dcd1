"""Numbers as people write them, and whether a value is what they say.

A literal states a value to the digits it shows: ``27.7`` is any value that rounds to it
with one decimal. An integer literal states an integer, unless it is marked ``≈``.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

__all__ = ["LiteralError", "Number", "agrees", "parse_literal", "show"]

Value = Fraction | str | list["Value"]
"""A value as the evaluator hands it over: exact, a string, or nested lists of these."""

MINUS = "-−"  # the typographic minus is what pages print
SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
FRACTIONS = {"½": "1/2", "⅓": "1/3", "⅔": "2/3", "¼": "1/4", "¾": "3/4", "⅕": "1/5", "⅛": "1/8"}
UNITS = {
    "thousand": 10**3,
    "million": 10**6,
    "billion": 10**9,
    "trillion": 10**12,
    "千": 10**3,
    "万": 10**4,
    "亿": 10**8,
}
NOISE = Fraction(1, 10**9)  # how far a float may be from what it would be without rounding

_NUMBER = re.compile(
    rf"""(?P<about>≈\s*)?
    (?P<sign>[{MINUS}+]?)
    (?:(?P<whole>0|[1-9]\d{{0,2}}(?:,\d{{3}})+|[1-9]\d*)(?P<decimals>\.\d+)?)?
    (?P<vulgar>[{"".join(FRACTIONS)}])?
    (?:e(?P<power>[+-]?\d{{1,3}})|×10(?P<raised>⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]{{1,3}}))?
    (?:\s?(?P<unit>{"|".join(UNITS)}|%|°))?""",
    re.VERBOSE,
)


class LiteralError(ValueError):
    """Text that is not a number, vector or matrix in a form that readers know."""


@dataclass(frozen=True)
class Number:
    """A parsed literal.

    Attributes:
        value: what it says, exactly.
        step: the value of one unit in its last digit.
        exact: it states the value itself, not a rounding of it.
    """

    value: Fraction
    step: Fraction
    exact: bool

    def states(self, value: Fraction) -> bool:
        """Return whether ``value`` is this number, to the digits that it shows."""
        if not self.exact:
            return round(value / self.step) * self.step == self.value
        noise = min(NOISE * max(Fraction(1), abs(value)), self.step / 1000)
        return abs(value - self.value) <= noise


@lru_cache(maxsize=4096)
def parse_number(text: str) -> Number:
    """Parse one number, in any form that pages use.

    Raises:
        LiteralError: if ``text`` is not in a known form.

    Examples:
        >>> parse_number("1.2 million").states(Fraction(1_179_648))
        True
        >>> parse_number("14").states(Fraction(139, 10))
        False
        >>> parse_number("≈14").states(Fraction(139, 10))
        True
    """
    match = _NUMBER.fullmatch(text.strip())
    if match is None or not (match["whole"] or match["vulgar"]):
        raise LiteralError(f"{text!r} is not a number in a form that the press reads")
    decimals = match["decimals"] or ""
    if decimals and match["vulgar"]:
        raise LiteralError(f"{text!r} has decimals and a fraction")
    power = int(match["power"] or (match["raised"] or "0").translate(SUPERSCRIPTS))
    mantissa = Fraction((match["whole"] or "0").replace(",", "") + decimals)
    if (match["power"] or match["raised"]) and not 1 <= mantissa < 10:
        raise LiteralError(f"{text!r} has a mantissa outside 1 … 10")
    unit = match["unit"]
    scale = Fraction(10) ** power * Fraction(UNITS.get(unit, 1))
    if unit == "%":
        scale /= 100
    step = Fraction(1, 10 ** max(len(decimals) - 1, 0))
    if unit in UNITS and not decimals:  # 120 万 rounds to two digits, as 1.2 million does
        digits = (match["whole"] or "").replace(",", "")
        step *= 10 ** (len(digits) - max(2, len(digits.rstrip("0")))) if len(digits) > 2 else 1
    vulgar = Fraction(FRACTIONS[match["vulgar"]]) if match["vulgar"] else Fraction(0)
    sign = -1 if match["sign"] and match["sign"] in MINUS else 1
    shows_rounding = (
        decimals or match["about"] or unit in UNITS or match["power"] or match["raised"]
    )
    return Number(sign * (mantissa + vulgar) * scale, step * scale, exact=not shows_rounding)


def parse_literal(text: str) -> "Number | str | list[object]":
    """Parse a number, or a vector or matrix of numbers in brackets or parentheses.

    Raises:
        LiteralError: if ``text`` is none of these.

    Examples:
        >>> [number.value for number in parse_literal("[3, 4]")]
        [Fraction(3, 1), Fraction(4, 1)]
    """
    text = text.strip()
    if text[:1] in ("[", "(") and text[-1:] == {"[": "]", "(": ")"}[text[0]]:
        return [parse_literal(part) for part in _split(text[1:-1])]
    return parse_number(text)


def agrees(literal: object, value: "Value") -> bool:
    """Return whether a parsed literal states ``value``, element by element."""
    if isinstance(literal, list) and isinstance(value, list):
        return len(literal) == len(value) and all(map(agrees, literal, value))
    return isinstance(literal, Number) and isinstance(value, Fraction) and literal.states(value)


def show(value: "Value") -> str:
    """Return a value as a failure message shows it."""
    if isinstance(value, list):
        return "[" + ", ".join(map(show, value)) + "]"
    if isinstance(value, str):
        return value
    if value.denominator == 1 and abs(value) < 10**15:
        return f"{value.numerator:,}"
    try:
        return f"{float(value):.9g}"
    except OverflowError:
        return f"{Decimal(round(value)):.9g}"


def _split(text: str) -> list[str]:
    """Split at the commas outside brackets; one may stand at the end."""
    if not text.strip():
        return []
    parts, depth, start = [], 0, 0
    for i, char in enumerate(text):
        depth += (char in "[(") - (char in "])")
        if char == "," and depth == 0:
            parts.append(text[start:i])
            start = i + 1
    rest = text[start:]
    if rest.strip() or not parts:
        parts.append(rest)
    return parts
