"""Numbers as people write them: every form, and no digit that may be another."""

import contextlib
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from press.values.literal import LiteralError, Number, agrees, parse_literal, show

PARAMETERS = Fraction(1_179_648)
finite = st.floats(-1e9, 1e9, allow_nan=False)
decimals = st.integers(1, 9)


def states(literal: str, value: object) -> bool:
    return agrees(parse_literal(literal), exactly(value))


def exactly(value: object) -> object:
    """Return a value as the evaluator hands it over."""
    return [exactly(part) for part in value] if isinstance(value, list) else Fraction(value)  # type: ignore[arg-type]


def with_another_digit(literal: str, place: int, digit: int) -> str:
    """Return a literal with one of its digits changed."""
    places = [i for i, character in enumerate(literal) if character.isdecimal()]
    at = places[place % len(places)]
    assume(literal[at] != str(digit))
    return literal[:at] + str(digit) + literal[at + 1 :]


@pytest.mark.parametrize(
    ("literal", "value"),
    [
        ("27.7", 768**0.5),
        ("27.71", 768**0.5),
        ("14", 14),
        ("14", 14.0),
        ("-14", -14),
        ("−14", -14),
        ("+14", 14),
        ("0", 0),
        ("1179648", PARAMETERS),
        ("1,179,648", PARAMETERS),
        ("1,179,648.0", PARAMETERS),
        ("2.1e-9", 2.0999e-9),
        ("2.1e+9", 2.1e9),
        ("3.1×10⁻⁴", 0.000312),
        ("3×10⁸", 299_792_458),
        ("½", 0.5),
        ("⅓", 1 / 3),
        ("2½", 2.5),
        ("31 %", 0.31),
        ("31%", Fraction(31, 100)),
        ("31.4%", 0.3141),
        ("45°", 45.0),
        ("≈45°", 44.6),
        ("120 万", PARAMETERS),
        ("118 万", PARAMETERS),
        ("117.96 万", PARAMETERS),
        ("1.2 million", PARAMETERS),
        ("1.18 million", PARAMETERS),
        ("1 million", PARAMETERS),
        ("175 billion", 175_181_291_520),
        ("14 亿", 1_400_000_001),
        ("3 thousand", 3_400),
        ("≈14", 13.9),
        ("≈ 14", 14.4),
        ("≈−14", -13.9),
    ],
)
def test_a_literal_states_its_value_to_the_digits_that_it_shows(
    literal: str, value: object
) -> None:
    assert states(literal, value)


@pytest.mark.parametrize(
    ("literal", "value"),
    [
        ("27.70", 768**0.5),
        ("27.8", 768**0.5),
        ("14", 13.9),
        ("14", 14.0001),
        ("-14", 14),
        ("14", -14),
        ("≈14", 13.4),
        ("½", 0.51),
        ("⅓", 0.333),
        ("31 %", 0.314),
        ("31", 0.31),
        ("45°", 45.1),
        ("1.2 million", 1_300_000),
        ("120 万", 1_250_001),
        ("100 万", PARAMETERS),
        ("10 亿", 1_400_000_000),
        ("1,179,648", 1_179_648.4),
        ("175,000,000,001", 175_000_000_000),
        ("1,000,000,000,000", 1e12 + 0.3),
    ],
)
def test_a_literal_does_not_state_another_value(literal: str, value: object) -> None:
    assert not states(literal, value)


@pytest.mark.parametrize("literal", ["1,179,648", "1.2 million", "120 万", "≈1,179,648", "1.18e6"])
def test_one_value_has_several_literals(literal: str) -> None:
    assert states(literal, PARAMETERS)


def test_an_integer_that_carries_rounding_noise_is_still_an_integer() -> None:
    assert states("3", 0.1 * 3 * 10)
    assert states("1,000,000,000,000", 1e12 + 0.000_1)
    assert states("30%", 0.1 * 3)


def test_no_integer_is_another_however_large() -> None:
    assert not states("1,000,000,000,000", 10**12 + 1)


@given(finite, decimals)
def test_a_float_is_what_it_is_formatted_as(value: float, places: int) -> None:
    assert states(f"{value:.{places}f}", value)
    assert states(f"{value:,.{places}f}", value)


@given(finite, decimals, st.integers(0), st.integers(0, 9))
def test_a_decimal_with_one_digit_changed_states_another_value(
    value: float, places: int, place: int, digit: int
) -> None:
    changed = with_another_digit(f"{value:.{places}f}", place, digit)
    assume(Decimal(changed) != Decimal(f"{value:.{places}f}"))  # -0.0 is 0.0
    with contextlib.suppress(LiteralError):  # 07.5 is no number at all
        assert not states(changed, value)


@given(st.integers(-(10**15), 10**15), st.integers(0), st.integers(0, 9))
def test_an_integer_with_one_digit_changed_states_another_value(
    value: int, place: int, digit: int
) -> None:
    assert states(f"{value:,}", value)
    with contextlib.suppress(LiteralError):
        assert not states(with_another_digit(f"{value:,}", place, digit), value)


@given(st.floats(1e-30, 1e30), st.integers(1, 6), st.integers(0), st.integers(0, 9))
def test_a_power_of_ten_with_one_digit_changed_states_another_value(
    value: float, places: int, place: int, digit: int
) -> None:
    literal = f"{value:.{places}e}"
    assert states(literal, value)
    mantissa, _, power = literal.partition("e")
    raised = (
        f"{mantissa}×10{str(int(power)).translate(str.maketrans('0123456789-', '⁰¹²³⁴⁵⁶⁷⁸⁹⁻'))}"
    )
    assert states(raised, value)
    changed = with_another_digit(literal, place, digit)
    assume(float(changed) != float(literal))
    with contextlib.suppress(LiteralError):
        assert not states(changed, value)


@given(
    st.integers(-(10**6), 10**6),
    st.fractions(max_denominator=500).filter(lambda f: f.denominator != 1),
)
def test_no_integer_states_a_fraction(integer: int, value: Fraction) -> None:
    assert not states(str(integer), value)


@pytest.mark.parametrize(
    ("literal", "value"),
    [
        ("[3, 4]", [3, 4]),
        ("[3.0, −4.0]", [3, -4]),
        ("[3,4,]", [3, 4]),
        ("[]", []),
        ("(2, 3)", [2, 3]),
        ("(3,)", [3]),
        ("[[1, 0], [0, 1]]", [[1, 0], [0, 1]]),
        ("[[1,179], [0.5, 1]]", [[1, 179], [0.5, 1]]),
        ("[½, 31%]", [0.5, 0.31]),
    ],
)
def test_vectors_and_matrices_agree_element_by_element(literal: str, value: list[object]) -> None:
    assert states(literal, value)


@pytest.mark.parametrize(
    ("literal", "value"),
    [
        ("[3, 4]", [3, 5]),
        ("[3, 4]", [3, 4, 5]),
        ("[3, 4]", [3]),
        ("[3, 4]", 3),
        ("3", [3]),
        ("[[1, 0], [0, 1]]", [[1, 0], [1, 1]]),
        ("[[1, 0], [0, 1]]", [1, 0, 0, 1]),
        ("[1, 0]", [[1, 0]]),
    ],
)
def test_vectors_of_another_entry_or_shape_do_not_agree(literal: str, value: object) -> None:
    assert not states(literal, value)


@given(st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=4), st.integers(0), st.integers(0, 9))
def test_a_vector_with_one_digit_changed_does_not_agree(
    values: list[float], place: int, digit: int
) -> None:
    literal = "[" + ", ".join(f"{value:.2f}" for value in values) + "]"
    assert states(literal, values)
    changed = with_another_digit(literal, place, digit)
    assume(changed.replace("-0.00", "0.00") != literal.replace("-0.00", "0.00"))
    with contextlib.suppress(LiteralError):
        assert not states(changed, values)


@pytest.mark.parametrize(
    "literal",
    [
        "",
        " ",
        "x",
        "27.",
        ".5",
        "27,7",
        "1,17,648",
        "1,179,64",
        "1179,648",
        "0,179",
        "007",
        "1.2.3",
        "--14",
        "14-",
        "1 179 648",
        "21e-9",
        "0.5e3",
        "1e",
        "1e99999999",
        "3×10",
        "3×10^4",
        "3.1½",
        "%",
        "14 %%",
        "14 furlongs",
        "~14",
        "14 ≈",
        "NaN",
        "inf",
        "0x10",
        "1_000",
        "[3, 4",
        "3, 4]",
        "[3, 4)",
        "(3, 4]",
        "[3,, 4]",
        "[,]",
        "[,3]",
        "[3 4]",
        "[x]",
    ],
)
def test_malformed_literals_are_refused(literal: str) -> None:
    with pytest.raises(LiteralError):
        parse_literal(literal)


@given(st.text("0123456789.,-−+eE×⁰⁴⁻½≈%°万 million[]()x", max_size=20))
def test_no_text_raises_anything_but_a_literal_error(text: str) -> None:
    try:
        parsed = parse_literal(text)
    except LiteralError:
        return
    assert isinstance(parsed, Number | list)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(1_179_648), "1,179,648"),
        (Fraction(1, 3), "0.333333333"),
        (Fraction(0), "0"),
        (Fraction(-1, 2), "-0.5"),
        ("softmax", "softmax"),
        ([Fraction(3), [Fraction(1, 4)]], "[3, [0.25]]"),
        (Fraction(10**400), "1.00000000e+400"),
    ],
)
def test_a_value_is_shown_as_a_reader_would_write_it(value: object, text: str) -> None:
    assert show(value) == text  # type: ignore[arg-type]
