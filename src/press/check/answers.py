"""What the evaluator says of the expressions of one page: three kinds, three fields."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

__all__ = ["UNPROVEN", "Answer", "Answers", "exact"]


@dataclass(frozen=True)
class Answer:
    """What one expression comes to.

    Attributes:
        value: of a number, its exact value, a text, or nested lists of these; of a condition,
            whether it holds; of an identity, where it fails, or nothing.
        error: why there is no value.
        unproven: the expression is about a program that must not run here.
    """

    value: Any = None
    error: str = ""
    unproven: bool = False


UNPROVEN = Answer(unproven=True)


@dataclass(frozen=True)
class Answers:
    """The answers to everything that a page states.

    Attributes:
        values: by the expressions of numbers, as the page writes them.
        conditions: by the comparisons in inline code.
        identities: by the identities of formulas.
    """

    values: Mapping[str, Answer]
    conditions: Mapping[str, Answer]
    identities: Mapping[str, Answer]


def exact(value: Any) -> Any:
    """Return a value that the evaluator has encoded: see `press.execute.evaluator.encode`."""
    if isinstance(value, list):
        return [exact(part) for part in value]
    return value["text"] if isinstance(value, dict) else Fraction(value)
