"""cosine_similarity, angle_degrees, squared_distance: laws, loops as oracle, edges, errors."""

import math
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from attention.dot_product import dot, l2_normalize, norm
from attention.similarity import angle_degrees, cosine_similarity, squared_distance

Make = Callable[..., Any]
PAIRS = hnp.arrays(np.float64, (2, 7), elements=st.floats(-1e6, 1e6).map(lambda x: round(x, 3)))


# Laws


@given(PAIRS, st.floats(1e-3, 1e3), st.floats(1e-3, 1e3))
def test_stretching_changes_no_cosine(pair: np.ndarray, c: float, e: float) -> None:
    a, b = pair
    assert abs(cosine_similarity(c * a, e * b) - cosine_similarity(a, b)) <= 1e-14


@given(PAIRS)
def test_turning_one_vector_round_turns_the_sign(pair: np.ndarray) -> None:
    a, b = pair
    assert cosine_similarity(-a, b) == -cosine_similarity(a, b)


@given(PAIRS)
def test_the_cosine_never_leaves_its_range(pair: np.ndarray) -> None:
    a, b = pair
    assert -1 <= cosine_similarity(a, b) <= 1
    assert -1 <= cosine_similarity(a, a) <= 1


@given(PAIRS)
def test_the_dot_product_is_both_lengths_times_the_cosine(pair: np.ndarray) -> None:
    a, b = pair
    bound = 1e-14 * norm(a) * norm(b)
    assert abs(norm(a) * norm(b) * cosine_similarity(a, b) - dot(a, b)) <= bound


@given(PAIRS)
def test_normalised_vectors_have_the_cosine_as_dot_product(pair: np.ndarray) -> None:
    a, b = pair
    assert abs(dot(l2_normalize(a), l2_normalize(b)) - cosine_similarity(a, b)) <= 1e-14


@given(PAIRS)
def test_the_law_of_cosines_links_distance_and_dot_product(pair: np.ndarray) -> None:
    a, b = pair
    bound = 1e-14 * (norm(a) + norm(b)) ** 2
    assert abs(squared_distance(a, b) - (dot(a, a) + dot(b, b) - 2 * dot(a, b))) <= bound


@given(PAIRS)
def test_angles_to_a_vector_and_to_its_opposite_add_up_to_a_straight_line(
    pair: np.ndarray,
) -> None:
    a, b = pair
    assert abs(angle_degrees(a, b) + angle_degrees(a, -b) - 180) <= 1e-9


@given(PAIRS)
def test_at_equal_lengths_a_larger_dot_product_is_a_smaller_angle(pair: np.ndarray) -> None:
    a, b = l2_normalize(pair)
    query = l2_normalize(np.arange(1.0, 8.0))
    assume(dot(query, a) > dot(query, b) + 1e-12)
    assert angle_degrees(query, a) < angle_degrees(query, b)


# Oracles


def test_the_cosine_agrees_with_loops(make: Make, rng: np.random.Generator) -> None:
    a, b = rng.standard_normal((3, 1, 7)), rng.standard_normal((5, 7))
    expected = [
        [
            math.fsum(x * y for x, y in zip(row[0], col, strict=True))
            / (math.hypot(*row[0]) * math.hypot(*col))
            for col in b
        ]
        for row in a
    ]
    found = cosine_similarity(make(a), make(b))
    np.testing.assert_allclose(np.asarray(found), expected, rtol=1e-12)


def test_the_distance_agrees_with_loops(make: Make, rng: np.random.Generator) -> None:
    a, b = rng.standard_normal((3, 1, 7)), rng.standard_normal((5, 7))
    expected = [[math.dist(row[0], col) ** 2 for col in b] for row in a]
    found = squared_distance(make(a), make(b))
    np.testing.assert_allclose(np.asarray(found), expected, rtol=1e-13)


@pytest.mark.parametrize("degrees", [0.5, 16.0, 45.0, 89.0, 90.0, 91.0, 135.0, 179.5])
def test_an_angle_that_was_drawn_is_computed_back(make: Make, degrees: float) -> None:
    turned = [5 * math.cos(math.radians(degrees)), 5 * math.sin(math.radians(degrees))]
    assert float(angle_degrees(make([3.0, 0.0]), make(turned))) == pytest.approx(degrees, abs=1e-11)


def test_the_cosine_agrees_with_pytorch(rng: np.random.Generator) -> None:
    torch = pytest.importorskip("torch", reason="torch is an extra; `make test` installs it")
    a, b = torch.tensor(rng.standard_normal((2, 3, 7)))
    theirs = torch.nn.functional.cosine_similarity(a, b, dim=-1)
    torch.testing.assert_close(cosine_similarity(a, b), theirs, rtol=1e-13, atol=0)


# Edges


def test_dtype_and_leading_axes_survive(make: Make) -> None:
    a, b = make(np.ones((3, 1, 7)), "float32"), make(np.ones((5, 7)), "float32")
    for measure in (cosine_similarity, angle_degrees, squared_distance):
        assert tuple(measure(a, b).shape) == (3, 5)
        assert measure(a, b).dtype == a.dtype


def test_the_cosine_of_a_zero_vector_is_zero(make: Make) -> None:
    a, zero = make([1.0, 2.0, 3.0]), make([0.0, 0.0, 0.0])
    for other in (a, zero):
        assert float(cosine_similarity(zero, other)) == 0
        assert float(angle_degrees(zero, other)) == 90


def test_a_zero_vector_loses_to_every_row_that_agrees(make: Make) -> None:
    rows = make([[0.8, 0.6], [0.0, 0.0], [1.0, 0.0]])
    assert int(np.argmax(np.asarray(cosine_similarity(rows, make([1.0, 0.0]))))) == 2


def test_the_cosine_with_a_zero_vector_has_a_finite_gradient() -> None:
    torch = pytest.importorskip("torch", reason="torch is an extra; `make test` installs it")
    zero = torch.zeros(3, dtype=torch.float64, requires_grad=True)
    other = torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64, requires_grad=True)
    cosine_similarity(zero, other).backward()
    assert torch.isfinite(zero.grad).all()
    assert torch.isfinite(other.grad).all()


def test_nan_is_not_hidden(make: Make) -> None:
    a, b = make([math.nan, 1.0]), make([1.0, 1.0])
    for measure in (cosine_similarity, angle_degrees, squared_distance):
        assert math.isnan(float(measure(a, b)))


def test_a_vector_has_no_angle_to_itself_though_rounding_exceeds_one(make: Make) -> None:
    a = np.array([1.0, 5.0])
    unit = a / np.sqrt(np.sum(a * a))
    assert np.sum(unit * unit) > 1, "the example no longer rounds up; find another"
    a = make(a)
    assert float(cosine_similarity(a, a)) == 1
    assert float(angle_degrees(a, a)) == 0
    assert float(angle_degrees(a, -a)) == 180


@pytest.mark.parametrize(
    ("library", "dtype"), [("numpy", "float16"), ("torch", "float16"), ("torch", "bfloat16")]
)
def test_half_precision_survives_lengths_that_it_cannot_hold(library: str, dtype: str) -> None:
    values = [[60000.0, 60000.0], [60000.0, 0.0]]
    if library == "torch":
        torch = pytest.importorskip("torch", reason="torch is an extra; `make test` installs it")
        a, b = torch.tensor(values, dtype=getattr(torch, dtype))
    else:
        a, b = np.asarray(values, dtype=dtype)
    assert cosine_similarity(a, b).dtype == angle_degrees(a, b).dtype == a.dtype
    assert float(cosine_similarity(a, b)) == pytest.approx(math.sqrt(0.5), rel=2**-8)
    assert float(angle_degrees(a, b)) == pytest.approx(45, rel=2**-8)


def test_close_tips_keep_their_distance(make: Make) -> None:
    a, b = make([1e4, 1.0], "float32"), make([1e4, 1.5], "float32")
    assert float(squared_distance(a, b)) == 0.25


# Errors


@pytest.mark.parametrize("measure", [cosine_similarity, angle_degrees, squared_distance])
def test_vectors_that_do_not_fit_are_refused(make: Make, measure: Callable[..., Any]) -> None:
    message = re.escape("a and b must have the same width d; got a (2, 3), b (2, 5)")
    with pytest.raises(ValueError, match=f"^{message}$"):
        measure(make(np.ones((2, 3))), make(np.ones((2, 5))))
    with pytest.raises(ValueError, match=r"^a and b must have leading axes that broadcast; got"):
        measure(make(np.ones((2, 3))), make(np.ones((5, 3))))
    message = re.escape("a and b must have a last axis, d; got a (3,), b ()")
    with pytest.raises(ValueError, match=f"^{message}$"):
        measure(make(np.ones(3)), make(1.0))


@pytest.mark.parametrize("measure", [cosine_similarity, angle_degrees, squared_distance])
def test_integers_and_mixed_dtypes_are_refused(make: Make, measure: Callable[..., Any]) -> None:
    with pytest.raises(TypeError, match=r"^b must have a real floating dtype; got int64$"):
        measure(make([1.0]), make([1], "int64"))
    message = "a and b must have the same dtype; got a float32, b float64"
    with pytest.raises(TypeError, match=f"^{message}$"):
        measure(make([1.0], "float32"), make([1.0], "float64"))
