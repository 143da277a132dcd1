"""scale_scores and soft_cap: laws, oracles, edges, errors."""

import math
import re
from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from attention.scaling import scale_scores, soft_cap
from attention.scores import dot_product_scores
from attention.softmax import softmax
from oracles import HALVES, half

Make = Callable[..., Any]
SCORES = hnp.arrays(np.float64, (3, 5), elements=st.floats(-1e6, 1e6).map(lambda x: round(x, 3)))
WIDTHS = st.integers(1, 10_000)
CAPS = st.floats(0.5, 1e3)


# Laws


@pytest.mark.parametrize("d_k", [1, 2, 3, 5, 7, 11])
def test_the_variance_of_scaled_scores_of_coins_is_exactly_one(make: Make, d_k: int) -> None:
    coins = np.array(list(product([-1.0, 1.0], repeat=d_k)))  # every query there is
    scaled = scale_scores(dot_product_scores(make(coins), make(coins)), d_k)
    assert np.asarray(scaled).mean() == 0
    assert np.asarray(scaled).var() == pytest.approx(1, rel=1e-14)


@given(SCORES, st.integers(1, 100))
def test_a_square_width_divides_by_its_root_exactly(scores: np.ndarray, root: int) -> None:
    np.testing.assert_array_equal(scale_scores(scores, root**2), scores / root)


@given(SCORES, WIDTHS)
def test_scaling_is_one_constant_and_no_normalisation(scores: np.ndarray, d_k: int) -> None:
    np.testing.assert_array_equal(scale_scores(2 * scores, d_k), 2 * scale_scores(scores, d_k))
    np.testing.assert_array_equal(scale_scores(scores[:1], d_k), scale_scores(scores, d_k)[:1])


@given(SCORES, WIDTHS, WIDTHS)
def test_scaling_twice_is_scaling_by_the_product_of_the_widths(
    scores: np.ndarray, d_k: int, other: int
) -> None:
    twice = scale_scores(scale_scores(scores, d_k), other)
    np.testing.assert_allclose(twice, scale_scores(scores, d_k * other), rtol=1e-15)


@given(SCORES, CAPS)
def test_no_score_exceeds_the_cap_nor_grows_nor_turns_its_sign(
    scores: np.ndarray, cap: float
) -> None:
    bent = soft_cap(scores, cap)
    assert (abs(bent) <= cap).all()
    assert (abs(bent) <= abs(scores) * (1 + 1e-15)).all()
    assert (np.sign(bent) == np.sign(scores)).all()


@given(SCORES, CAPS)
def test_a_cap_turns_no_order_round(scores: np.ndarray, cap: float) -> None:
    flat = np.sort(scores, axis=None)
    assert (np.diff(soft_cap(flat, cap)) >= 0).all()


@given(SCORES, CAPS)
def test_a_cap_treats_both_signs_alike(scores: np.ndarray, cap: float) -> None:
    np.testing.assert_array_equal(soft_cap(-scores, cap), -soft_cap(scores, cap))


@given(SCORES, CAPS)
def test_the_cap_is_the_unit_that_scores_are_bent_in(scores: np.ndarray, cap: float) -> None:
    np.testing.assert_array_equal(soft_cap(2 * scores, 2 * cap), 2 * soft_cap(scores, cap))


@given(hnp.arrays(np.float64, (3, 5), elements=st.floats(-1, 1).map(lambda x: round(x, 3))))
def test_far_below_the_cap_scores_stay_nearly_what_they_were(scores: np.ndarray) -> None:
    cap = 50.0
    lost = abs(scores) ** 3 / (3 * cap**2)  # the next term of the series of tanh
    assert (abs(soft_cap(scores, cap) - scores) <= lost + 1e-15).all()


# Oracles


def test_scaling_agrees_with_loops(make: Make, rng: np.random.Generator) -> None:
    scores = rng.standard_normal((2, 3, 5))
    expected = [[[s / math.sqrt(7) for s in row] for row in table] for table in scores]
    found = scale_scores(make(scores), 7)
    np.testing.assert_allclose(np.asarray(found), expected, rtol=1e-15)


def test_capping_agrees_with_loops(make: Make, rng: np.random.Generator) -> None:
    scores = 100 * rng.standard_normal((2, 3, 5))
    expected = [[[50 * math.tanh(s / 50) for s in row] for row in table] for table in scores]
    found = soft_cap(make(scores), 50)
    np.testing.assert_allclose(np.asarray(found), expected, rtol=1e-14)


def test_pytorch_divides_by_the_same_number(rng: np.random.Generator) -> None:
    torch = pytest.importorskip("torch", reason="torch is an extra; `make test` installs it")
    query, key, value = (torch.tensor(rng.standard_normal((n, 7))) for n in (3, 5, 5))
    found = softmax(scale_scores(dot_product_scores(query, key), 7)) @ value
    theirs = torch.nn.functional.scaled_dot_product_attention(query, key, value)
    torch.testing.assert_close(found, theirs, rtol=0, atol=1e-14)


def test_the_gradient_of_the_query_is_what_the_chapter_says(rng: np.random.Generator) -> None:
    torch = pytest.importorskip("torch", reason="torch is an extra; `make test` installs it")
    query = torch.tensor(rng.standard_normal((1, 7)), requires_grad=True)
    key, g = torch.tensor(rng.standard_normal((5, 7))), torch.tensor(rng.standard_normal(5))
    weights = softmax(scale_scores(dot_product_scores(query, key), 7))
    (weights @ g).sum().backward()
    p = weights.detach()[0]
    jacobian = torch.diag(p) - torch.outer(p, p)
    expected = key.mT @ jacobian @ g / math.sqrt(7)
    torch.testing.assert_close(query.grad[0], expected, rtol=0, atol=1e-14)
    assert torch.linalg.matrix_norm(jacobian, 2) <= 0.5


def test_the_slope_of_a_cap_is_one_less_the_square_of_tanh() -> None:
    torch = pytest.importorskip("torch", reason="torch is an extra; `make test` installs it")
    scores = torch.tensor([[0.0, 10.0, -40.0, 1000.0]], dtype=torch.float64, requires_grad=True)
    soft_cap(scores, 50.0).sum().backward()
    expected = 1 - torch.tanh(scores.detach() / 50) ** 2
    torch.testing.assert_close(scores.grad, expected, rtol=0, atol=1e-15)
    assert scores.grad[0, 0] == 1
    assert scores.grad[0, 3] == 0


def test_a_fresh_linear_layer_of_pytorch_starts_as_the_chapter_says() -> None:
    torch = pytest.importorskip("torch", reason="torch is an extra; `make test` installs it")
    torch.manual_seed(0)
    weight = torch.nn.Linear(768, 64).weight.detach()
    assert weight.abs().max() <= 768**-0.5
    assert float(weight.var()) * 768 == pytest.approx(1 / 3, rel=0.02)


# Edges


def test_width_one_changes_nothing(make: Make) -> None:
    scores = make([[3.0, -14.0, 0.0]])
    assert np.asarray(scale_scores(scores, 1)).tolist() == [[3, -14, 0]]


@pytest.mark.parametrize("d_k", [64, np.int64(64), np.uint8(64)])
def test_any_kind_of_integer_is_a_width_and_promotes_nothing(make: Make, d_k: Any) -> None:
    scores = make([[8.0, 16.0]], "float32")
    scaled = scale_scores(scores, d_k)
    assert scaled.dtype == scores.dtype
    assert np.asarray(scaled).tolist() == [[1, 2]]


@pytest.mark.parametrize("cap", [50, 50.0, np.float64(50), np.float32(50), np.int64(50)])
def test_any_kind_of_number_is_a_cap_and_promotes_nothing(make: Make, cap: Any) -> None:
    scores = make([[0.0, 1e6]], "float32")
    bent = soft_cap(scores, cap)
    assert bent.dtype == scores.dtype
    assert np.asarray(bent).tolist() == [[0, 50]]


def test_every_shape_survives(make: Make) -> None:
    for shape in ((), (5,), (3, 5), (2, 7, 3, 5), (0, 3, 5), (3, 0)):
        scores = make(np.ones(shape))
        assert tuple(scale_scores(scores, 4).shape) == shape
        assert tuple(soft_cap(scores, 4.0).shape) == shape
        assert (np.asarray(scale_scores(scores, 4)) == 0.5).all()


def test_inputs_are_never_changed(make: Make) -> None:
    scores = make([[8.0, -16.0]])
    scale_scores(scores, 64)
    soft_cap(scores, 1.0)
    assert np.asarray(scores).tolist() == [[8, -16]]


def test_read_only_and_strided_scores_are_as_good(rng: np.random.Generator) -> None:
    scores = rng.standard_normal((5, 12)).T[::-2]
    scores.flags.writeable = False
    np.testing.assert_array_equal(scale_scores(scores, 7), scale_scores(scores.copy(), 7))
    np.testing.assert_array_equal(soft_cap(scores, 7.0), soft_cap(scores.copy(), 7.0))


def test_scores_beyond_all_bounds_end_at_the_cap_and_nan_stays(make: Make) -> None:
    scores = make([[math.inf, -math.inf, 1e300, math.nan]])
    bent = np.asarray(soft_cap(scores, 50.0))
    assert bent[0, :3].tolist() == [50, -50, 50]
    assert math.isnan(bent[0, 3])
    scaled = np.asarray(scale_scores(scores, 4))
    assert scaled[0, :3].tolist() == [math.inf, -math.inf, 5e299]
    assert math.isnan(scaled[0, 3])


def test_a_gigantic_width_is_no_overflow(make: Make) -> None:
    scaled = scale_scores(make([[1e150]]), 10**300)
    assert float(np.asarray(scaled)[0, 0]) == pytest.approx(1, rel=1e-15)


def test_scores_far_beyond_the_cap_become_a_tie(make: Make) -> None:
    near, far = make([[40.0, 80.0]]), make([[1000.0, 2000.0]])
    bent = np.asarray(soft_cap(near, 50.0))
    assert bent[0, 0] < bent[0, 1]
    assert np.asarray(soft_cap(far, 50.0)).tolist() == [[50, 50]]


@pytest.mark.parametrize(("library", "dtype"), HALVES)
def test_half_precision_stays_half_precision(library: str, dtype: str) -> None:
    scores = half(library, dtype, [[60000.0, -8.0, 0.0]])
    scaled = scale_scores(scores, 4)
    assert scaled.dtype == scores.dtype
    np.testing.assert_array_equal(
        scaled.astype(np.float64) if library == "numpy" else scaled.double().numpy(),
        np.array([[30000.0, -4.0, 0.0]] if dtype == "float16" else [[29952.0, -4.0, 0.0]]),
    )


@pytest.mark.parametrize(("library", "dtype"), HALVES)
def test_half_precision_is_bent_in_float32_and_rounded_once(library: str, dtype: str) -> None:
    values = [[0.01 * i for i in range(-300, 301)]]
    scores = half(library, dtype, values)
    bent = soft_cap(scores, 3.0)
    assert bent.dtype == scores.dtype
    exact = [[3 * math.tanh(float(s) / 3) for s in scores[0]]]
    off = abs(
        (bent.astype(np.float64) if library == "numpy" else bent.double().numpy()) - np.array(exact)
    )
    unit = 2**-11 if dtype == "float16" else 2**-8
    assert (off <= 1.01 * unit * np.maximum(abs(np.array(exact)), 2**-14)).all()


# Errors


@pytest.mark.parametrize("d_k", [0, -1, -64])
def test_a_width_below_one_is_refused(make: Make, d_k: int) -> None:
    message = f"d_k must be at least 1; got {d_k}"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        scale_scores(make([[1.0]]), d_k)


@pytest.mark.parametrize(("d_k", "came"), [(64.0, "float"), ("64", "str"), (None, "NoneType")])
def test_a_width_that_is_no_integer_is_refused(make: Make, d_k: Any, came: str) -> None:
    message = f"d_k must be an integer; got {came}"
    with pytest.raises(TypeError, match=f"^{re.escape(message)}$"):
        scale_scores(make([[1.0]]), d_k)


@pytest.mark.parametrize("cap", [0, -0.0, -50.0, math.nan, math.inf, -math.inf])
def test_a_cap_that_is_not_positive_and_finite_is_refused(make: Make, cap: float) -> None:
    message = f"cap must be a positive finite number; got {cap}"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        soft_cap(make([[1.0]]), cap)


@pytest.mark.parametrize(("cap", "came"), [("50", "str"), (None, "NoneType"), (5j, "complex")])
def test_a_cap_that_is_no_number_is_refused(make: Make, cap: Any, came: str) -> None:
    message = f"cap must be a positive finite number; got {came}"
    with pytest.raises(TypeError, match=f"^{re.escape(message)}$"):
        soft_cap(make([[1.0]]), cap)


def test_integer_scores_are_refused(make: Make) -> None:
    for changed in (lambda s: scale_scores(s, 64), lambda s: soft_cap(s, 50.0)):
        with pytest.raises(TypeError, match=r"^scores must have a real floating dtype; got int64$"):
            changed(make([[1, 2]], "int64"))


def test_lists_are_refused() -> None:
    expected = r"^scores must be an array of NumPy, PyTorch or another Array API library; got list$"
    for changed in (lambda s: scale_scores(s, 64), lambda s: soft_cap(s, 50.0)):
        with pytest.raises(TypeError, match=expected):
            changed([[1.0]])
