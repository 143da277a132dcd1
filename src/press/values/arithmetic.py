r"""What the numbers on one side of a relation come to.

The grammar is small on purpose. A side of a relation is numeric if all of it parses:

    sum      = product (("+" | "-") product)*
    product  = power (("\times" | "\cdot" | "/" | "\div")? power)*
    power    = sign? atom ("^" group)? "\%"?
    atom     = number | "(" sum ")" | "|" sum "|" | "\frac" group group | "\sqrt" group
             | "\pi" | "e" | function power
    group    = one digit | "{" sum "}"
    function = "\cos" | "\sin" | "\arccos" | "\ln" | "\exp"
    number   = digits with "." or "{,}" between thousands; "^\circ" after it is degrees

Factors may stand side by side, ``2\sqrt{3}``, but not where people read that in two ways:
not after a division, ``1/2\pi``, and not after a function's bare argument, ``\cos 2\pi``.
Nor is ``\ln(2)^2`` read. Nothing is read that TeX would show differently.
"""

import math
from collections.abc import Callable
from fractions import Fraction

from press.values.literal import LiteralError, Number
from press.values.tex import Token, Val

__all__ = ["NotNumericError", "Parser"]

_FUNCTIONS: dict[str, Callable[[float], float]] = {
    r"\cos": math.cos,
    r"\sin": math.sin,
    r"\arccos": math.acos,
    r"\ln": math.log,
    r"\exp": math.exp,
}
_BESIDE = ("(", r"\sqrt", r"\frac", r"\pi", "e", *_FUNCTIONS)  # may follow a factor directly
LARGEST_BITS = 10_000  # no power on a page is larger


class NotNumericError(ValueError):
    """A side that is not made of numbers alone."""


class Parser:
    """Recursive descent over the grammar above."""

    def __init__(self, tokens: list[Token]) -> None:
        drop = {r"\left", r"\right", r"\bigl", r"\bigr", r"\big", r"\Big", r"\Bigl", r"\Bigr"}
        self.tokens = [token for token in tokens if token not in drop]
        self.text = "".join(map(str, tokens))
        self.at = 0

    def parse(self) -> Fraction | float:
        """Return the value of the whole side."""
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
        """Return the error that says what to write instead."""
        return NotNumericError(
            f"{self.text!r} holds digits that the press cannot check: write"
            r" \val{number}{expression}, or attach an identity {= left == right}"
        )

    def peek(self) -> Token:
        """Return the next token; empty at the end."""
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, *expected: str) -> Token:
        """Return the next token and go on; it must be one of those ``expected``."""
        token = self.peek()
        if not token or (expected and token not in expected):
            raise self.stuck()
        self.at += 1
        return token

    def sum(self) -> Fraction | float:
        """Read ``sum`` of the grammar."""
        value = self.product()
        while self.peek() in ("+", "-"):
            sign = self.take()
            term = self.product()
            value = value + term if sign == "+" else value - term
        return value

    def product(self) -> Fraction | float:
        """Read ``product`` of the grammar."""
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
        """Read ``power`` of the grammar."""
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
        """Read ``group`` of the grammar."""
        if self.peek() != "{":
            token = self.take()
            if isinstance(token, Val) or not token.isdecimal() or len(token) > 1:
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
        """Read ``atom`` of the grammar."""
        token = self.take()
        if isinstance(token, Val):
            parsed = token.parse()
            if isinstance(parsed, Number) and (token.literal.isdecimal() or self.peek() != "^"):
                return parsed.value
            raise self.stuck()
        if token[0].isdecimal():
            return Fraction(token.replace("{,}", ""))
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
            raise NotNumericError(f"a power must be of at most {LARGEST_BITS} bits; got {exponent}")
        return base ** int(exponent)
    return math.pow(base, exponent)
