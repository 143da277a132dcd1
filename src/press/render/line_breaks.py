"""Where an inline formula may break at the end of a line.

Browsers break between the children of ``<math>`` and nowhere within one: so what must stay
together is one child. A short formula is. A longer one breaks at its relations, but not between
a sign and a short result; only what is still long breaks in a sum or a list, and then in a product.
"""

import html
import itertools
import re
from collections.abc import Iterator

__all__ = ["between_words", "grouped", "with_end"]

_WHOLE = 16  # characters of a formula that never breaks
_SIDE = 24  # characters of a side of a relation that never breaks
_RESULT = 8  # characters that go with the relation before them
_OF_MATH = re.compile(r"(<math[^>]*>)(.*)(</math>)", re.DOTALL)
_TAG = re.compile(r"<(/?)[^>]*>")
_OPERATOR = re.compile(r"<mo\b(?![^>]*\bform=)[^>]*>([^<]*)</mo>")
_LISTS = frozenset(",;")
_RELATIONS = frozenset("=≠≈≡<>≤≥≪≫∈∉∼≃∝→←↦⇒⇔⟹⟺⟶⊂⊆")
_SUMS = frozenset("+−±")
_PRODUCTS = frozenset("×⋅·÷∘⊙∗⊗")

_UNSEEN = "\u2061"  # between a function and what it is of

Parts = list[str]


def grouped(markup: str) -> str:
    """Return an inline formula in groups that do not break.

    Examples:
        >>> grouped("<math><mrow><mi>x</mi><mo>=</mo><mn>3</mn></mrow></math>")
        '<math><mrow><mi>x</mi><mo>=</mo><mn>3</mn></mrow></math>'
    """
    found = _OF_MATH.fullmatch(markup)
    if found is None:
        return markup
    start, inside, end = found.groups()
    rows = _children(inside)
    if len(rows) != 1 or not rows[0].startswith("<mrow>"):
        return markup
    groups = _groups(_children(rows[0].removeprefix("<mrow>").removesuffix("</mrow>")))
    return start + "".join(f"<mrow>{''.join(group)}</mrow>" for group in groups) + end


def between_words(name: str, marks: str) -> str:
    """Return a long name or address that breaks after a mark between two words, not within one."""
    return re.sub(rf"(?<=[^\W_])[{marks}](?=[^\W_])", r"\g<0><wbr>", name)


def with_end(markup: str) -> str:
    """Return a formula from whose last group no mark after it is parted."""
    start, math, after = markup.rpartition("</math>")
    opening = start.index(">", start.index("<math")) + 1
    *others, last = _children(start[opening:])
    return f'{start[:opening]}{"".join(others)}<mrow class="press-end">{last}</mrow>{math}{after}'


def _children(markup: str) -> Parts:
    """Return the elements that stand side by side."""
    depth, begin, found = 0, 0, []
    for tag in _TAG.finditer(markup):
        depth += -1 if tag[1] else 1
        if depth == 0:
            found.append(markup[begin : tag.end()])
            begin = tag.end()
    return found


def _groups(parts: Parts) -> Iterator[Parts]:
    """Yield the groups of a formula."""
    for item in _cut(parts, _LISTS, _WHOLE):
        for side in _with_results(_cut(item, _RELATIONS, _WHOLE)):
            for term in _cut(side, _SUMS, _SIDE):
                yield from _cut(term, _PRODUCTS, _SIDE)


def _cut(parts: Parts, signs: frozenset[str], most: int) -> list[Parts]:
    """Return pieces that end with one of the signs, and the space after it, if it is long."""
    if _length(parts) <= most:
        return [parts]
    pieces: list[Parts] = [[]]
    at_end = False
    for i, part in enumerate(parts):
        if at_end and not part.startswith("<mspace"):
            pieces.append([])
            at_end = False
        operator = _OPERATOR.fullmatch(part)
        at_end = at_end or bool(
            operator and html.unescape(operator[1]) in signs and 0 < i < len(parts) - 1
        )
        # At an end, too, a sign has the space that it has between two operands.
        pieces[-1].append(
            part.replace("<mo", '<mo form="infix"', 1) if operator and at_end else part
        )
    return pieces


def _with_results(pieces: list[Parts]) -> list[Parts]:
    """Return the pieces, the last relation moved to what it is before, if that is short."""
    for before, after in itertools.pairwise(pieces):
        if _length(after) <= _RESULT:
            at = max(i for i, part in enumerate(before) if part.startswith("<mo"))
            after[:0] = before[at:]
            del before[at:]
    return pieces


def _length(parts: Parts) -> int:
    return len(html.unescape(_TAG.sub("", "".join(parts))).replace(_UNSEEN, ""))
