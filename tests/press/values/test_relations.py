r"""Formulas: what is read is right, what is not read is refused, whatever the TeX."""

import contextlib
import math
import operator
import re
from collections.abc import Callable
from fractions import Fraction

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from press.values.arithmetic import NotNumericError
from press.values.literal import LiteralError, Number
from press.values.relations import Chain, python_numerals
from press.values.relations import relations as relations_of
from press.values.tex import numerals, parse_literal_in_tex, read_tex

Value = Fraction | float


def relations(tex: str) -> list[Chain]:
    return relations_of(read_tex(tex))


def value_of(tex: str) -> Value | None:
    """Return what the press reads in one numeric side."""
    [chain] = relations(tex)
    [side] = chain.sides
    return side.value


def failures(tex: str) -> list[str]:
    return [message for chain in relations(tex) for message in chain.failures()]


# An independent second opinion: a tree that knows its TeX and its value. Whether brackets are
# needed is decided by binding strength: sums 1, products 2, signs and powers 3, atoms 4.

Tree = tuple[str, Callable[[], Value], int]


def bracketed(tree: Tree, strength: int) -> str:
    tex, _, own = tree
    return tex if own >= strength else rf"\left({tex}\right)"


def binary(sign: str, strength: int, apply: Callable[[Value, Value], Value]) -> Callable[..., Tree]:
    def make(left: Tree, right: Tree) -> Tree:
        tex = f"{bracketed(left, strength)}{sign} {bracketed(right, strength + 1)}"
        return tex, lambda: apply(left[1](), right[1]()), strength

    return make


def divided(left: Value, right: Value) -> Value:
    return left / right


def raised(base: Value, exponent: int) -> Value:
    return base**exponent


def root(value: Value) -> Value:
    return math.sqrt(value)


def integer(value: int) -> Tree:
    return f"{value:,}".replace(",", "{,}"), lambda: Fraction(value), 4


def decimal(value: int) -> Tree:
    return f"{value // 1000}.{value % 1000:03d}", lambda: Fraction(value, 1000), 4


def negative(tree: Tree) -> Tree:
    return f"-{bracketed(tree, 4)}", lambda: -tree[1](), 3


def magnitude(tree: Tree) -> Tree:
    return rf"\left|{tree[0]}\right|", lambda: abs(tree[1]()), 4


def percent(value: int) -> Tree:
    return rf"{value}\%", lambda: Fraction(value, 100), 3


def degrees(value: int) -> Tree:
    return rf"{value}^\circ", lambda: math.pi * value / 180, 3


def power(tree: Tree, exponent: int) -> Tree:
    shown = str(exponent) if 0 <= exponent < 10 else f"{{{exponent}}}"
    return f"{bracketed(tree, 4)}^{shown}", lambda: raised(tree[1](), exponent), 3


def fraction(above: Tree, below: Tree) -> Tree:
    return rf"\frac{{{above[0]}}}{{{below[0]}}}", lambda: divided(above[1](), below[1]()), 4


def square_root(tree: Tree) -> Tree:
    return rf"\sqrt{{{tree[0]}}}", lambda: root(tree[1]()), 4


def function(name: str, apply: Callable[[float], float]) -> Callable[[Tree], Tree]:
    return lambda tree: (rf"\{name}({tree[0]})", lambda: apply(float(tree[1]())), 3)


def beside(factor: int, tree: Tree) -> Tree:
    return rf"{factor}({tree[0]})", lambda: factor * tree[1](), 2


leaves = st.one_of(
    st.integers(0, 2_000_000).map(integer),
    st.integers(0, 99_999).map(decimal),
    st.integers(0, 200).map(percent),
    st.integers(0, 360).map(degrees),
    st.just((r"\pi ", lambda: math.pi, 4)),
)


def grown(trees: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    return st.one_of(
        st.builds(binary("+", 1, operator.add), trees, trees),
        st.builds(binary("-", 1, operator.sub), trees, trees),
        st.builds(binary(r"\times", 2, operator.mul), trees, trees),
        st.builds(binary(r"\cdot", 2, operator.mul), trees, trees),
        st.builds(binary("/", 2, divided), trees, trees),
        st.builds(binary(r"\div", 2, divided), trees, trees),
        st.builds(negative, trees),
        st.builds(magnitude, trees),
        st.builds(power, trees, st.integers(-3, 12)),
        st.builds(fraction, trees, trees),
        st.builds(square_root, trees),
        st.builds(beside, st.integers(2, 99), trees),
        st.builds(function("cos", math.cos), trees),
        st.builds(function("sin", math.sin), trees),
        st.builds(function("arccos", math.acos), trees),
        st.builds(function("ln", math.log), trees),
        st.builds(function("exp", math.exp), trees),
    )


expressions = st.recursive(leaves, grown, max_leaves=8)


@given(expressions)
@example((r"2\left(3\right)", lambda: Fraction(6), 2))
def test_every_expression_of_the_grammar_has_the_value_of_its_tree(tree: Tree) -> None:
    tex, evaluate, _ = tree
    assume(any(character.isdigit() for character in tex))
    try:
        expected = evaluate()
    except (ArithmeticError, ValueError, TypeError):  # no value, so nothing to read
        with pytest.raises(NotNumericError):
            relations(tex)
        return
    exact = isinstance(expected, Fraction)  # however large
    assume(exact or (not isinstance(expected, complex) and math.isfinite(expected)))
    try:
        read = value_of(tex)
    except NotNumericError as error:
        assert "a power must be of at most" in str(error)  # noqa: PT017 - larger than any page needs
        return
    if isinstance(expected, Fraction):
        assert read == expected
    else:
        assert read == pytest.approx(expected, rel=1e-9, abs=1e-9 * (1 + abs(expected)))


SOUP = [
    *"0123456789+-/^|()[]{}=<>,.&~%e²½!_",
    *[
        r"\times",
        r"\cdot",
        r"\frac",
        r"\sqrt",
        r"\left",
        r"\right",
        r"\pi",
        r"\cos",
        r"\ln",
        r"\exp",
        r"\circ",
        r"\%",
        r"\approx",
        r"\le",
        r"\val",
    ],
    *[
        r"\\",
        r"\,",
        r"\quad",
        r"\text",
        r"\begin{aligned}",
        r"\end{aligned}",
        r"{,}",
        r"{",
        r"}",
        r"{2}",
        r"{x}",
        r"{",
        r"",
    ],
    " ",
]
soup = st.lists(st.sampled_from(SOUP), max_size=14).map("".join)


@given(soup)
@example(r"\frac{1}{0}=1")
@example(r"(-8)^{1/3}=2")
@example(r"((9^{400})^{400})^{400}=1")
@example(r"\ln(0)=1")
@example(r"\exp(1000)=1")
@example("x²=1")
@example(r"\val")
@example(r"\val{1}")
@example(r"\val{\val{1}{x}}{y}=1")
def test_character_soup_is_refused_in_one_way_or_read(tex: str) -> None:
    try:
        for val in read_tex(tex).vals:
            val.parse()
        chains = relations(tex)
        messages = [message for chain in chains for message in chain.failures()]
    except (NotNumericError, LiteralError):
        return
    assert all(isinstance(message, str) for message in messages)


@given(st.text(max_size=30))
def test_no_text_at_all_raises_anything_else(tex: str) -> None:
    with contextlib.suppress(NotNumericError, LiteralError):
        failures(tex)


@given(soup)
def test_no_digit_is_accepted_without_a_relation_that_holds(tex: str) -> None:
    """Digits outside a val pass only in one of at least two sides that are numbers."""
    assume(any(character.isdigit() or character == "½" for character in tex))
    try:
        chains = relations(tex)
    except (NotNumericError, LiteralError):
        return
    for chain in chains:
        if not list(chain.failures()):
            numeric = [side for side in chain.sides if side.value is not None]
            for side in chain.sides:
                outside = re.sub(r"\\val\{[^{}]*\}", "", side.tex)
                if any(c.isdigit() or c == "½" for c in outside):
                    assert side.value is not None
                    assert len(numeric) > 1


@pytest.mark.parametrize(
    ("tex", "value"),
    [
        (r"1{,}179{,}648", 1_179_648),
        (r"12\,345", None),
        (r"1{,}17", None),
        (r"1234{,}567", None),
        ("1 2", None),
        ("1.2.3", None),
        (".5", None),
        (r"2\sqrt{9}", 6),
        (r"2(3)(4)", 24),
        ("1/2(3)", None),
        (r"1/2\pi", None),
        (r"1/2\times3", Fraction(3, 2)),
        ("2-3-4", -5),
        ("24/4/2", 3),
        ("-2^2", -4),
        ("(-2)^2", 4),
        ("{-2}^2", None),
        (r"{1+2}\times3", None),
        ("2^10", None),
        ("2^{10}", 1024),
        ("2^3^2", None),
        (r"\frac12", None),
        (r"\frac1{2}", Fraction(1, 2)),
        (r"\sqrt9", 3),
        (r"\sqrt[3]{8}", None),
        (r"\cos 2\pi", None),
        (r"\cos(2\pi)", 1),
        (r"\cos{2}\pi", None),
        (r"\cos0\times3", 3),
        (r"\ln(2)^2", None),
        (r"|2-5|", 3),
        (r"50\%", Fraction(1, 2)),
        ("50%", None),
        ("3!", None),
        ("x+1", None),
        ("x_1", None),
        ("x²", None),
        ("2½", None),
        (r"\text{2}", None),
        (r"\sin30^\circ", 0.5),
        (r"\sin(30^{\circ})", 0.5),
        (r"\sqrt{1152921504606846977}", 2.0**30),
    ],
)
def test_a_trap_is_read_right_or_not_at_all(tex: str, value: Value | None) -> None:
    if value is not None:
        assert value_of(tex) == pytest.approx(value)
        return
    with pytest.raises(NotNumericError):
        value_of(tex)


true = pytest.mark.parametrize(
    "tex",
    [
        r"1\times4+2\times5+3\times6=32",
        r"\sqrt{768}\approx27.7",
        r"\sqrt{768}\approx27.71",
        r"\sqrt{768}\approx 28",
        r"27.7\approx\sqrt{768}",
        r"a\cdot b=3\times4+4\times3=24",
        r"24=3\times4+4\times3=a\cdot b",
        r"3\times4+4\times3=a\cdot b=24",
        r"1{,}024\times1{,}152=1{,}179{,}648",
        r"\frac{1}{3}\approx0.333",
        r"\frac{3}{5}=0.6=60\%",
        r"2^{-1}=\frac{1}{2}",
        r"3<4\le4<5",
        r"5>4\ge4.0",
        r"2\ne3",
        r"\cos(60^\circ)=\frac{1}{2}",
        r"\cos(90^\circ)=0",
        r"\arccos(0.5)\approx60^\circ",
        r"\sqrt{2}\times\sqrt{2}=2",
        r"2.1\times10^{-9}\approx2.14\times10^{-9}",
        r"1+1=2,\quad 2+2=4",
        r"\begin{aligned}a&=1+2\\&=3\end{aligned}",
        r"\begin{aligned}1+2&=3\\2+2&=4\end{aligned}",
        "x=y",
        r"\pi",
        r"\|a-b\|",
    ],
)


@true
def test_a_true_formula_has_no_failures(tex: str) -> None:
    assert failures(tex) == []


@pytest.mark.parametrize(
    ("tex", "says"),
    [
        (r"1\times4+2\times5+3\times6=33", "the left side is 32, the right side 33"),
        (r"\sqrt{768}\approx27.8", "the left side is 27.7128129"),
        (r"\sqrt{768}=27.7", "27.7128129"),
        (r"a\cdot b=3\times4+4\times3=25", "the left side is 24"),
        (r"\frac{3}{5}=0.6=61\%", "0.61"),
        ("3<4<4", "4 < 4"),
        (r"3\ge4", "3 ≥ 4"),
        (r"2\ne2", "2 ≠ 2"),
        (r"1=1\approx2<3", "≈"),
        (r"1<x\approx3", "one kind of relation"),
        (r"\arccos(0.5)\approx61^\circ", "61"),
        (r"\begin{aligned}a&=1+2\\&=4\end{aligned}", "the left side is 3, the right side 4"),
        (r"1+1=2,\quad 2+2=5", "the left side is 4"),
        (r"\exp(-35)=\exp(-36)", "the formula says"),
        (r"10^{400}=10^{399}", "1.00000000e+400"),
        (r"d=64", "'64' stands alone"),
        (r"d=1,179", "'1' stands alone"),
        ("64", "stands alone"),
        (r"1{,}179{,}648=1", "1,179,648"),
    ],
)
def test_a_false_or_unproved_formula_says_what_is_true(tex: str, says: str) -> None:
    assert says in failures(tex)[0]


@given(
    st.lists(st.tuples(st.integers(1, 99), st.integers(1, 99)), min_size=2, max_size=4),
    st.integers(0),
    st.integers(0, 9),
)
def test_a_chain_holds_and_with_one_digit_changed_does_not(
    pairs: list[tuple[int, int]], place: int, digit: int
) -> None:
    terms = "+".join(rf"{a}\times{b}" for a, b in pairs)
    products = "+".join(str(a * b) for a, b in pairs)
    tex = f"a\\cdot b={terms}={products}={sum(a * b for a, b in pairs):,}".replace(",", "{,}")
    assert failures(tex) == []
    places = [i for i, character in enumerate(tex) if character.isdigit()]
    at = places[place % len(places)]
    assume(tex[at] != str(digit))
    changed = tex[:at] + str(digit) + tex[at + 1 :]
    assert failures(changed)


@given(st.integers(2, 10**6), st.integers(1, 6), st.integers(0), st.integers(0, 9))
def test_an_approximation_holds_and_with_a_digit_of_it_changed_does_not(
    radicand: int, places: int, place: int, digit: int
) -> None:
    shown = f"{math.sqrt(radicand):.{places}f}"
    assert failures(rf"\sqrt{{{radicand}}}\approx{shown}") == []
    at = [i for i, character in enumerate(shown) if character.isdigit()][place % (len(shown) - 1)]
    assume(shown[at] != str(digit))
    changed = shown[:at] + str(digit) + shown[at + 1 :]
    with contextlib.suppress(NotNumericError):
        assert failures(rf"\sqrt{{{radicand}}}\approx{changed}")


def test_a_root_is_exact_only_where_its_square_is() -> None:
    assert value_of(r"\sqrt{1152921504606846976}") == Fraction(2**30)
    assert isinstance(value_of(r"\sqrt{1152921504606846977}"), float)


def test_a_val_is_taken_out_with_its_expression() -> None:
    tex = read_tex(r"QK^\top=\val{27.7}{scores.std()}+\val{-3}{ x[0] }")
    assert tex.shown == r"QK^\top=27.7+-3"
    assert [(val.literal, val.expression) for val in tex.vals] == [
        ("27.7", "scores.std()"),
        ("-3", "x[0]"),
    ]
    assert numerals(tex.without_vals) == []
    assert tex.with_vals(lambda val: f"<{val.literal}>") == r"QK^\top=<27.7>+<-3>"


def test_a_val_proves_its_digits_and_may_stand_in_a_relation() -> None:
    assert failures(r"d_k=\val{64}{facts.bert.d_k}") == []
    assert failures(r"\sqrt{\val{768}{d}}\approx\val{27.7}{s}") == []
    assert failures(r"\sqrt{\val{768}{d}}\approx27.7") == []
    assert failures(r"\sqrt{\val{768}{d}}\approx\val{28.8}{s}") != []
    assert failures(r"QK^\top+\val{3}{x}=c") == []
    assert failures(r"\val{32}{ab}=1\times4+2\times5+3\times6") == []
    assert failures(r"\val{33}{ab}=1\times4+2\times5+3\times6") != []
    assert failures(r"\sqrt{\val{768}{d}}\approx28.8") != []


def test_the_minus_of_a_val_is_not_squared_away() -> None:
    with pytest.raises(NotNumericError):
        relations(r"\val{-3}{x}^2=9")


@pytest.mark.parametrize(
    ("tex", "rows"),
    [
        (r"\begin{bmatrix}2&0\\0&1\end{bmatrix}", [[2, 0], [0, 1]]),
        (r"\begin{pmatrix}1{,}024\\ -2.5\end{pmatrix}", [[1024], [Fraction(-5, 2)]]),
        (r"\begin{matrix} 1 & 2 \\ \end{matrix}", [[1, 2]]),
    ],
)
def test_the_literal_of_a_val_may_be_a_matrix(tex: str, rows: list[list[Fraction]]) -> None:
    parsed = parse_literal_in_tex(tex)
    assert isinstance(parsed, list)
    assert [[cell.value for cell in row] for row in parsed] == rows
    assert failures(rf"QK^\top=\val{{{tex}}}{{scores}}") == []


@pytest.mark.parametrize(
    ("tex", "value"),
    [
        ("27.7", Fraction(277, 10)),
        (r"1{,}024", 1024),
        (r"31\,\%", Fraction(31, 100)),
        (r"45^\circ", 45),
        (r"2.1\times10^{-9}", Fraction(21, 10**10)),
        (r"\approx14", 14),
    ],
)
def test_the_literal_of_a_val_is_read_as_in_prose(tex: str, value: Fraction) -> None:
    parsed = parse_literal_in_tex(tex)
    assert isinstance(parsed, Number)
    assert parsed.value == value


@pytest.mark.parametrize(
    "tex",
    [
        r"\val{27.7}",
        r"\val 27.7",
        r"\val{27.7}{x",
        r"\val{}{x}",
        r"\val{abc}{x}",
        r"\val{\val{1}{x}}{y}",
        r"\val{\begin{bmatrix}1&x\end{bmatrix}}{y}",
        r"\val{\begin{bmatrix}1\end{pmatrix}}{y}",
    ],
)
def test_a_malformed_val_is_refused(tex: str) -> None:
    with pytest.raises(LiteralError):
        [val.parse() for val in read_tex(tex).vals]


@pytest.mark.parametrize(
    "tex",
    [
        r"\begin{bmatrix}1&2\\3&4\end{bmatrix}",
        r"A=\begin{bmatrix}3\\4\end{bmatrix}",
        r"\frac{1=1}{2}",
        r"\left(1=1\right)",
        r"\|a-b\|^2=\|a\|^2",
    ],
)
def test_digits_that_no_relation_covers_are_refused(tex: str) -> None:
    with pytest.raises(NotNumericError, match=r"val|identity"):
        relations(tex)


@pytest.mark.parametrize(
    ("tex", "python", "equal"),
    [
        (r"\|a-b\|^2=\|a\|^2", "norm(a-b)**2 == norm(a)**2", True),
        (r"\|a-b\|^2=\|a\|^3", "norm(a-b)**2 == norm(a)**2", False),
        ("a_1 + 2.50", "a[1] + 2.50 == 0 * a", False),
        ("a_1 + 2.50", "a[1] + 2.50 == c", True),
        ("a_1 + 2.50", "a[1] + 2.5 == c", False),
        (r"1{,}000c", "1_000*c == c", True),
        ("a² = b", "a == b", False),
        ("a² = b", "a**2 == b", False),
        (r"\frac{1}{2}a", "1/2*a == a", True),
        (r"\frac{1}{2}a", "0.5*a == a", False),
    ],
)
def test_the_numerals_of_formula_and_identity_are_compared_as_written(
    tex: str, python: str, equal: bool
) -> None:
    assert (numerals(tex) == python_numerals(python)) is equal
