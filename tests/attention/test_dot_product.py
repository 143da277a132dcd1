"""dot, norm, l2_normalize, project: laws, loops as oracle, edges, errors."""

import math
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from attention.dot_product import dot, l2_normalize, norm, project
from oracles import HALVES, half

Make = Callable[..., Any]
ENTRIES = st.floats(-1e6, 1e6).map(lambda x: round(x, 3))
PAIRS = hnp.arrays(np.float64, (2, 7), elements=ENTRIES)
TRIPLES = hnp.arrays(np.float64, (3, 7), elements=ENTRIES)


def rounding(*vectors: np.ndarray) -> float:
    """Bound the rounding of a dot product: d roundings of the sum of |a_i b_i|."""
    a, b = vectors
    return 7 * float(np.finfo(np.float64).eps) * float(np.abs(a) @ np.abs(b))


# Laws


@given(PAIRS)
def test_the_order_of_the_factors_does_not_matter(pair: np.ndarray) -> None:
    assert dot(pair[0], pair[1]) == dot(pair[1], pair[0])


@given(TRIPLES, ENTRIES)
def test_the_dot_product_is_linear_in_each_factor(abc: np.ndarray, factor: float) -> None:
    a, b, c = abc
    bound = rounding(np.abs(factor * a) + np.abs(c), b) * 3
    assert abs(dot(factor * a + c, b) - (factor * dot(a, b) + dot(c, b))) <= bound


@given(PAIRS)
def test_no_dot_product_exceeds_the_product_of_the_lengths(pair: np.ndarray) -> None:
    a, b = pair
    assert abs(dot(a, b)) <= norm(a) * norm(b) * (1 + 1e-14) + 1e-300


@given(TRIPLES)
def test_the_length_of_a_sum_is_at_most_the_sum_of_the_lengths(abc: np.ndarray) -> None:
    a, b, _ = abc
    assert norm(a + b) <= (norm(a) + norm(b)) * (1 + 1e-14)


@given(PAIRS)
def test_normalising_twice_is_normalising_once(pair: np.ndarray) -> None:
    once = l2_normalize(pair)
    np.testing.assert_allclose(l2_normalize(once), once, rtol=1e-14)


@given(PAIRS)
def test_every_normalised_vector_has_length_one_or_zero(pair: np.ndarray) -> None:
    expected = (norm(pair) > 0).astype(float)
    np.testing.assert_allclose(norm(l2_normalize(pair)), expected, rtol=1e-14)


@given(PAIRS)
def test_what_a_projection_leaves_is_perpendicular(pair: np.ndarray) -> None:
    b, a = pair
    rest = b - project(b, onto=a)
    assert abs(dot(rest, a)) <= 1e-14 * norm(b) * norm(a)


def test_shadow_times_length_is_the_dot_product(make: Make, rng: np.random.Generator) -> None:
    a, b = make(rng.standard_normal((3, 7))), make(rng.standard_normal((3, 7)))
    shadow = dot(project(b, onto=a), l2_normalize(a))
    np.testing.assert_allclose(np.asarray(shadow * norm(a)), np.asarray(dot(a, b)), rtol=1e-13)


# Oracles


def test_dot_agrees_with_loops(make: Make, rng: np.random.Generator) -> None:
    a, b = rng.standard_normal((3, 1, 7)), rng.standard_normal((5, 7))
    expected = [
        [math.fsum(x * y for x, y in zip(row[0], col, strict=True)) for col in b] for row in a
    ]
    np.testing.assert_allclose(np.asarray(dot(make(a), make(b))), expected, rtol=1e-13)


def test_norm_agrees_with_hypot(make: Make, rng: np.random.Generator) -> None:
    a = rng.standard_normal((3, 5, 7))
    expected = [[math.hypot(*vector) for vector in rows] for rows in a]
    np.testing.assert_allclose(np.asarray(norm(make(a))), expected, rtol=1e-14)


def test_project_agrees_with_least_squares(make: Make, rng: np.random.Generator) -> None:
    a, b = rng.standard_normal(7), rng.standard_normal(7)
    factor = np.linalg.lstsq(a[:, None], b, rcond=None)[0][0]
    found = project(make(b), onto=make(a))
    np.testing.assert_allclose(np.asarray(found), factor * a, rtol=1e-13)


@pytest.mark.parametrize(("library", "dtype"), HALVES)
def test_half_precision_survives_products_that_it_cannot_hold(library: str, dtype: str) -> None:
    a, b = half(library, dtype, [300.0, 400.0]), half(library, dtype, [300.0, -200.0])
    assert float(dot(a, b)) == float(half(library, dtype, [90_000.0 - 80_000.0])[0])


# Edges


def test_dtype_and_leading_axes_survive(make: Make) -> None:
    a, b = make(np.ones((3, 1, 7)), "float32"), make(np.ones((5, 7)), "float32")
    for result, shape in [
        (dot(a, b), (3, 5)),
        (norm(a), (3, 1)),
        (l2_normalize(a), (3, 1, 7)),
        (project(b, onto=a), (3, 5, 7)),
    ]:
        assert tuple(result.shape) == shape
        assert result.dtype == a.dtype


def test_inputs_are_never_changed(make: Make) -> None:
    a, b = make([[3.0, 4.0]]), make([[4.0, 3.0]])
    for result in (dot(a, b), norm(a), l2_normalize(a), project(b, onto=a)):
        assert result is not a
    assert np.asarray(a).tolist() == [[3.0, 4.0]]
    assert np.asarray(b).tolist() == [[4.0, 3.0]]


def test_a_zero_vector_stays_zero(make: Make) -> None:
    zero, other = make([0.0, 0.0, 0.0]), make([1.0, 2.0, 3.0])
    assert float(norm(zero)) == 0
    assert np.asarray(l2_normalize(zero)).tolist() == [0, 0, 0]
    assert np.asarray(project(other, onto=zero)).tolist() == [0, 0, 0]


def test_a_zero_vector_normalises_with_a_finite_gradient() -> None:
    torch = pytest.importorskip("torch", reason="torch is an extra; `make test` installs it")
    rows = torch.tensor([[0.0, 0.0], [3.0, 4.0]], dtype=torch.float64, requires_grad=True)
    l2_normalize(rows).sum().backward()
    assert torch.isfinite(rows.grad).all()


def test_nan_is_not_hidden(make: Make) -> None:
    a = make([math.nan, 1.0])
    assert np.isnan(np.asarray(l2_normalize(a))).all()
    assert math.isnan(float(norm(a)))


def test_no_entries_add_up_to_zero(make: Make) -> None:
    assert float(dot(make(np.ones((0,))), make(np.ones((0,))))) == 0


@pytest.mark.parametrize(("library", "dtype"), HALVES)
def test_a_length_survives_squares_that_half_precision_cannot_hold(
    library: str, dtype: str
) -> None:
    a = half(library, dtype, [300.0, 400.0])
    assert float(norm(a)) == 500.0
    assert norm(a).dtype == a.dtype
    unit = np.asarray([float(x) for x in l2_normalize(a)])
    np.testing.assert_allclose(unit, [0.6, 0.8], rtol=2**-8)


@pytest.mark.filterwarnings("ignore:overflow")
@pytest.mark.parametrize("library", ["numpy", "torch"])
def test_a_product_beyond_half_precision_is_infinite(library: str) -> None:
    a = half(library, "float16", [300.0, 400.0])
    assert float(dot(a, a)) == math.inf


# Errors


@pytest.mark.parametrize(
    ("shapes", "message"),
    [
        (((2, 3), (2, 5)), "a and b must have the same width d; got a (2, 3), b (2, 5)"),
        (((3,), (1,)), "a and b must have the same width d; got a (3,), b (1,)"),
        (((2, 3), (5, 3)), "a and b must have leading axes that broadcast; got a (2, 3), b (5, 3)"),
        (((), (3,)), "a and b must have a last axis, d; got a (), b (3,)"),
    ],
)
def test_vectors_that_do_not_fit_are_refused(
    make: Make, shapes: tuple[tuple[int, ...], ...], message: str
) -> None:
    a, b = (make(np.ones(shape)) for shape in shapes)
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        dot(a, b)


def test_a_projection_names_its_own_arguments(make: Make) -> None:
    message = "b and onto must have the same width d; got b (3,), onto (5,)"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        project(make(np.ones(3)), onto=make(np.ones(5)))


def test_a_number_has_no_length(make: Make) -> None:
    for measure in (norm, l2_normalize):
        with pytest.raises(ValueError, match=r"^a must have a last axis, d; got a \(\)$"):
            measure(make(3.0))


def test_integers_are_refused(make: Make) -> None:
    a = make([1, 2, 3], "int64")
    with pytest.raises(TypeError, match=r"^a must have a real floating dtype; got int64$"):
        dot(a, a)
    with pytest.raises(TypeError, match=r"^b must have a real floating dtype; got int64$"):
        project(a, onto=a)


def test_two_dtypes_are_refused(make: Make) -> None:
    a, b = make([1.0], "float32"), make([1.0], "float64")
    message = "a and b must have the same dtype; got a float32, b float64"
    with pytest.raises(TypeError, match=f"^{message}$"):
        dot(a, b)
