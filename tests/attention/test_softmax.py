"""softmax, effective_number: laws, loops as oracle, edges, errors."""

import math
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from attention.softmax import effective_number, softmax
from oracles import HALVES, half

Make = Callable[..., Any]
ROWS = hnp.arrays(np.float64, (3, 5), elements=st.floats(-300, 300))
HOLED = hnp.arrays(
    np.float64, (3, 5), elements=st.floats(-300, 300) | st.just(-math.inf)
)  # some rows see nothing at all
UNIT = np.finfo(np.float64).eps


def looped_softmax(row: Any) -> list[float]:
    """Return the weights of one row, added up without rounding; zeros if it sees nothing."""
    highest = max(row, default=-math.inf)
    if highest == -math.inf:
        return [0.0] * len(row)
    powers = [math.exp(score - highest) for score in row]
    return [power / math.fsum(powers) for power in powers]


# Laws


@given(HOLED)
def test_each_row_adds_up_to_one_or_to_zero_where_it_sees_nothing(scores: np.ndarray) -> None:
    sees = (scores > -math.inf).any(axis=-1)
    np.testing.assert_allclose(softmax(scores).sum(axis=-1), sees, rtol=0, atol=4 * UNIT)


@given(HOLED)
def test_weights_are_positive_exactly_where_a_key_is_visible(scores: np.ndarray) -> None:
    np.testing.assert_array_equal(softmax(scores) > 0, scores > -math.inf)


@given(ROWS)
def test_the_order_of_the_scores_stays(scores: np.ndarray) -> None:
    order = scores.argsort(axis=-1)
    weights = np.take_along_axis(softmax(scores), order, axis=-1)
    assert (np.diff(weights, axis=-1) >= 0).all()


@given(
    hnp.arrays(np.float64, (3, 5), elements=st.integers(-700, 700)),
    hnp.arrays(np.float64, (3, 1), elements=st.integers(-(2**40), 2**40)),
)
def test_shifting_all_scores_of_a_row_changes_no_weight(
    scores: np.ndarray, shift: np.ndarray
) -> None:
    np.testing.assert_array_equal(softmax(scores + shift), softmax(scores))


@given(ROWS, st.permutations(range(5)))
def test_reordering_the_keys_reorders_the_weights(scores: np.ndarray, order: list[int]) -> None:
    np.testing.assert_allclose(
        softmax(scores[:, order]), softmax(scores)[:, order], rtol=4 * UNIT, atol=0
    )


@given(HOLED, st.floats(-300, 300))
def test_a_hidden_key_changes_no_weight(scores: np.ndarray, other: float) -> None:
    hidden = np.full((3, 1), -math.inf)
    found = softmax(np.concatenate([scores, hidden], axis=-1))
    np.testing.assert_allclose(found[:, :5], softmax(scores), rtol=4 * UNIT, atol=0)
    assert (found[:, 5] == 0).all()


@given(HOLED)
def test_a_row_depends_on_itself_alone(scores: np.ndarray) -> None:
    np.testing.assert_array_equal(softmax(scores[1:2]), softmax(scores)[1:2])


@given(hnp.arrays(np.float64, (3, 5), elements=st.floats(-20, 20)))
def test_the_ratio_of_two_weights_depends_on_the_difference_of_their_scores(
    scores: np.ndarray,
) -> None:
    weights = softmax(scores)
    ratios = weights[:, 1:] / weights[:, :1]
    np.testing.assert_allclose(ratios, np.exp(scores[:, 1:] - scores[:, :1]), rtol=1e-13)


@given(ROWS, st.permutations(range(5)))
def test_the_effective_number_does_not_ask_which_keys_they_are(
    scores: np.ndarray, order: list[int]
) -> None:
    weights = softmax(scores)
    np.testing.assert_allclose(
        effective_number(weights[:, order]), effective_number(weights), rtol=1e-14
    )


@given(ROWS)
def test_the_effective_number_lies_between_one_and_the_number_of_keys(scores: np.ndarray) -> None:
    number = effective_number(softmax(scores))
    assert (number >= 1 - 1e-14).all()
    assert (number <= 5 + 1e-14).all()


@given(ROWS, st.floats(1, 100))
def test_a_higher_temperature_never_makes_weights_sharper(
    scores: np.ndarray, temperature: float
) -> None:
    cold, warm = (effective_number(softmax(scores / t)) for t in (1, temperature))
    assert (warm >= cold - 1e-12).all()


@pytest.mark.parametrize("visible", [1, 2, 3, 5])
def test_keys_that_share_equally_count_as_themselves(make: Make, visible: int) -> None:
    scores = np.array([-math.inf] * (5 - visible) + [7.0] * visible)
    weights = softmax(make(scores))
    np.testing.assert_allclose(np.asarray(weights)[-visible:], 1 / visible, rtol=UNIT)
    assert float(effective_number(weights)) == pytest.approx(visible, rel=4 * UNIT)


# Oracles


def test_weights_agree_with_loops(make: Make, rng: np.random.Generator) -> None:
    scores = 10 * rng.standard_normal((2, 3, 5))
    scores[0, 1, 2] = scores[1, 2, :] = -math.inf
    expected = [[looped_softmax(row) for row in table] for table in scores]
    found = softmax(make(scores))
    np.testing.assert_allclose(np.asarray(found), expected, rtol=1e-14, atol=0)


@pytest.mark.parametrize("axis", [-3, -2, -1, 0, 1, 2])
def test_every_axis_agrees_with_loops(make: Make, rng: np.random.Generator, axis: int) -> None:
    scores = rng.standard_normal((2, 3, 5))
    expected = np.apply_along_axis(looped_softmax, axis, scores)
    found = np.asarray(softmax(make(scores), axis=axis))
    np.testing.assert_allclose(found, expected, rtol=1e-14, atol=0)
    np.testing.assert_allclose(found.sum(axis=axis), 1, rtol=1e-14)


def test_an_axis_of_numpy_is_an_axis(make: Make) -> None:
    scores = make(np.ones((2, 3)))
    assert np.asarray(softmax(scores, axis=np.int64(0)))[0, 0] == 0.5


def test_the_effective_number_agrees_with_loops(make: Make, rng: np.random.Generator) -> None:
    scores = 3 * rng.standard_normal((2, 3, 5))
    scores[0, 1, 2] = -math.inf
    weights = softmax(scores)
    expected = [
        [math.exp(-math.fsum(w * math.log(w) for w in row if w > 0)) for row in table]
        for table in weights
    ]
    found = effective_number(make(weights))
    assert tuple(found.shape) == (2, 3)
    np.testing.assert_allclose(np.asarray(found), expected, rtol=1e-13)


def test_weights_agree_with_pytorch(rng: np.random.Generator) -> None:
    torch = pytest.importorskip("torch", reason="torch is an extra; `make test` installs it")
    scores = torch.tensor(10 * rng.standard_normal((3, 5)))
    scores[1, 2] = -math.inf
    for axis in (0, 1):
        theirs = torch.softmax(scores, dim=axis)
        torch.testing.assert_close(softmax(scores, axis=axis), theirs, rtol=1e-14, atol=0)


def test_online_softmax_in_blocks_agrees(rng: np.random.Generator) -> None:
    scores = 10 * rng.standard_normal(35)
    highest, total = -math.inf, 0.0
    for block in np.split(scores, 7):
        new = max(highest, block.max())
        total = total * math.exp(highest - new) + np.exp(block - new).sum()
        highest = new
    np.testing.assert_allclose(np.exp(scores - highest) / total, softmax(scores), rtol=1e-14)


def test_the_gradient_is_that_of_finite_differences() -> None:
    torch = pytest.importorskip("torch", reason="torch is an extra; `make test` installs it")
    scores = torch.tensor([[1.0, 0.0, -1.0], [5.0, 2.0, 2.0]], dtype=torch.float64)
    scores.requires_grad_(True)
    for axis in (0, 1):
        assert torch.autograd.gradcheck(lambda s, axis=axis: softmax(s, axis=axis), scores)
    assert torch.autograd.gradcheck(lambda s: effective_number(softmax(s)), scores)
    weights = softmax(scores).detach().requires_grad_(True)
    assert torch.autograd.gradcheck(effective_number, weights)


def test_the_gradient_is_the_jacobian_of_the_chapter(rng: np.random.Generator) -> None:
    torch = pytest.importorskip("torch", reason="torch is an extra; `make test` installs it")
    scores = torch.tensor(rng.standard_normal(5), requires_grad=True)
    gradient = torch.tensor(rng.standard_normal(5))
    weights = softmax(scores)
    weights.backward(gradient)
    p = weights.detach()
    jacobian = torch.diag(p) - torch.outer(p, p)
    torch.testing.assert_close(scores.grad, jacobian @ gradient, rtol=1e-13, atol=1e-15)
    assert torch.linalg.matrix_norm(jacobian, 2) <= 0.5


@pytest.mark.parametrize(("library", "dtype"), HALVES)
def test_half_precision_is_computed_in_single(library: str, dtype: str) -> None:
    # Rounded once at the end, no weight is further off than half a unit in its last place.
    scores = half(library, dtype, [[0.5, -1.25, 3.0, 2.0, -6.0], [1.0, 9.0, 9.5, -3.0, 8.0]])
    exact = [looped_softmax(map_to_floats(row)) for row in scores]
    found = softmax(scores)
    assert found.dtype == scores.dtype
    expected = half(library, dtype, exact)
    assert [map_to_floats(row) for row in found] == [map_to_floats(row) for row in expected]


@pytest.mark.parametrize(("library", "dtype"), HALVES)
def test_many_half_precision_keys_add_up(library: str, dtype: str) -> None:
    # A running half-precision sum of ones stops at 2048 or before.
    weights = softmax(half(library, dtype, [0.0] * 8192))
    assert float(weights[0]) == 2**-13
    assert effective_number(weights).dtype == weights.dtype
    assert float(effective_number(weights)) == pytest.approx(8192, rel=2**-8)


def map_to_floats(row: Any) -> list[float]:
    """Return the entries as Python's floats, which hold every half-precision number."""
    return [float(entry) for entry in row]


# Edges


@pytest.mark.parametrize("shape", [(3, 0), (0, 5), (0, 0), (2, 0, 5), (0,)])
def test_axes_may_be_empty(make: Make, shape: tuple[int, ...]) -> None:
    scores = make(np.ones(shape))
    for axis in range(len(shape)):
        weights = softmax(scores, axis=axis)
        assert tuple(weights.shape) == shape
        assert weights.dtype == scores.dtype
    assert tuple(effective_number(scores).shape) == shape[:-1]


def test_rows_without_keys_have_the_effective_number_zero(make: Make) -> None:
    assert np.asarray(effective_number(make(np.ones((3, 0))))).tolist() == [0, 0, 0]


@pytest.mark.parametrize("score", [-1e308, -1e4, 0.0, 1e4, 1e308])
def test_one_key_takes_all(make: Make, score: float) -> None:
    weights = softmax(make([[score]]))
    assert float(weights[0, 0]) == 1
    assert np.asarray(effective_number(weights)).tolist() == [1]


@pytest.mark.parametrize("level", [-1e4, -200.0, 0.0, 100.0, 1e4])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_no_score_is_too_high_or_too_low(make: Make, dtype: str, level: float) -> None:
    found = np.asarray(softmax(make([level + 1, level], dtype)))
    np.testing.assert_allclose(found, looped_softmax([1, 0]), rtol=1e-6)


def test_a_low_row_beside_a_high_one_keeps_its_weights(make: Make) -> None:
    found = np.asarray(softmax(make([[1e4, 1e4 - 1], [-1e4, -1e4 - 1]])))
    np.testing.assert_allclose(found, [looped_softmax([1, 0])] * 2, rtol=1e-12)


@pytest.mark.parametrize(("library", "dtype"), HALVES)
def test_half_precision_neither_overflows_nor_divides_by_zero(library: str, dtype: str) -> None:
    for row, expected in (
        ([100.0, 0.0], [1, 0]),
        ([60000.0, -60000.0], [1, 0]),
        ([-60000.0, -60000.0], [0.5, 0.5]),
    ):
        assert map_to_floats(softmax(half(library, dtype, row))) == pytest.approx(expected)


def test_a_score_far_below_the_highest_underflows_to_zero_without_harm(make: Make) -> None:
    weights = softmax(make([0.0, -104.0, -1e30], "float32"))
    assert np.asarray(weights).tolist() == [1, 0, 0]
    assert float(effective_number(weights)) == 1


def test_hidden_keys_have_the_weight_zero(make: Make) -> None:
    weights = np.asarray(softmax(make([1.0, -math.inf, 0.0])))
    assert weights[1] == 0
    np.testing.assert_allclose(weights[[0, 2]], looped_softmax([1, 0]), rtol=1e-15)


@pytest.mark.parametrize("axis", [0, 1])
def test_a_row_that_sees_nothing_is_zero_and_leaves_the_others_alone(make: Make, axis: int) -> None:
    scores = np.array([[-math.inf] * 3, [1.0, 0.0, -1.0]])
    weights = np.asarray(softmax(make(scores if axis == 1 else scores.T), axis=axis))
    weights = weights if axis == 1 else weights.T
    assert weights[0].tolist() == [0, 0, 0]
    np.testing.assert_allclose(weights[1], looped_softmax(scores[1]), rtol=1e-15)


@pytest.mark.parametrize(("library", "dtype"), HALVES)
def test_a_half_precision_row_that_sees_nothing_is_zero(library: str, dtype: str) -> None:
    weights = softmax(half(library, dtype, [[-math.inf] * 3, [0.0, 0.0, -math.inf]]))
    assert [map_to_floats(row) for row in weights] == [[0, 0, 0], [0.5, 0.5, 0]]
    assert map_to_floats(effective_number(weights)) == pytest.approx([0, 2])


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
def test_what_is_hidden_has_the_gradient_zero(dtype: str) -> None:
    torch = pytest.importorskip("torch", reason="torch is an extra; `make test` installs it")
    inf = math.inf
    scores = torch.tensor([[-inf, -inf, -inf], [1.0, -inf, 0.0]], dtype=getattr(torch, dtype))
    scores.requires_grad_(True)
    value = torch.tensor([1.0, 2.0, 4.0], dtype=scores.dtype)
    (softmax(scores) @ value).sum().backward()
    assert scores.grad[0].tolist() == [0, 0, 0]
    assert scores.grad[1, 1] == 0
    assert scores.grad[1, 0] == -scores.grad[1, 2] != 0


def test_weights_of_zero_have_a_finite_gradient_in_the_effective_number() -> None:
    torch = pytest.importorskip("torch", reason="torch is an extra; `make test` installs it")
    weights = torch.tensor([[0.5, 0.5, 0.0], [0.0, 0.0, 0.0]], requires_grad=True)
    effective_number(weights).sum().backward()
    assert torch.isfinite(weights.grad).all()
    assert weights.grad[1].tolist() == [0, 0, 0]


def test_pytorch_itself_gives_nan_where_nothing_is_visible() -> None:
    # The chapter says so. Should it change, the chapter must.
    torch = pytest.importorskip("torch", reason="torch is an extra; `make test` installs it")
    assert torch.softmax(torch.full((3,), -math.inf), dim=-1).isnan().all()


@pytest.mark.parametrize("bad", [math.nan, math.inf])
@pytest.mark.parametrize("place", [0, 2])
def test_nan_and_plus_infinity_are_not_hidden(make: Make, bad: float, place: int) -> None:
    scores = np.array([[1.0, 0.0, -math.inf], [1.0, 0.0, -math.inf]])
    scores[0, place] = bad
    with np.errstate(invalid="ignore"):  # NumPy warns of inf - inf
        weights = np.asarray(softmax(make(scores)))
    assert np.isnan(weights[0]).all()
    np.testing.assert_allclose(weights[1], looped_softmax(scores[1]), rtol=1e-15)


def test_a_row_with_nan_has_no_effective_number(make: Make) -> None:
    nan = math.nan
    rows = np.array([[nan, nan, nan], [0.5, nan, 0.5], [0.0, nan, 0.0], [0.5, 0.0, 0.5], [0.0] * 3])
    np.testing.assert_allclose(
        np.asarray(effective_number(make(rows))), [nan, nan, nan, 2.0, 0.0], rtol=1e-15
    )


def test_the_dtype_survives(make: Make) -> None:
    for dtype in ("float32", "float64"):
        scores = make([[1.0, 0.0], [-math.inf, -math.inf]], dtype)
        assert softmax(scores).dtype == scores.dtype
        assert effective_number(softmax(scores)).dtype == scores.dtype


def test_inputs_are_never_changed(make: Make) -> None:
    given_scores = [[1.0, -math.inf], [-math.inf, -math.inf]]
    scores = make(given_scores)
    weights = softmax(scores)
    before = np.asarray(weights).tolist()
    effective_number(weights)
    assert np.asarray(scores).tolist() == given_scores
    assert np.asarray(weights).tolist() == before


def test_read_only_strided_and_transposed_scores_are_as_good(rng: np.random.Generator) -> None:
    scores = rng.standard_normal((10, 7)).T[::-2, 1::3]
    scores.flags.writeable = False
    same = np.broadcast_to(rng.standard_normal((1, 5)), (3, 5))  # strides of zero
    for strided in (scores, same):
        np.testing.assert_array_equal(softmax(strided), softmax(strided.copy()))


# Errors


def test_integers_and_lists_are_refused(make: Make) -> None:
    with pytest.raises(TypeError, match=r"^scores must have a real floating dtype; got int64$"):
        softmax(make([[1, 0], [0, 1]], "int64"))
    with pytest.raises(TypeError, match=r"^weights must have a real floating dtype; got int64$"):
        effective_number(make([1, 0], "int64"))
    expected = r"must be an array of NumPy, PyTorch or another Array API library; got list$"
    with pytest.raises(TypeError, match=f"^scores {expected}"):
        softmax([1.0, 0.0])
    with pytest.raises(TypeError, match=f"^weights {expected}"):
        effective_number([1.0, 0.0])


@pytest.mark.parametrize("axis", [-3, 2, 100])
def test_an_axis_that_is_not_there_is_refused(make: Make, axis: int) -> None:
    message = re.escape(f"axis must be one of the 2 axes of (3, 5); got {axis}")
    with pytest.raises(ValueError, match=f"^{message}$"):
        softmax(make(np.ones((3, 5))), axis=axis)


def test_a_number_without_axes_is_refused(make: Make) -> None:
    message = re.escape("axis must be one of the 0 axes of (); got -1")
    for function in (softmax, effective_number):
        with pytest.raises(ValueError, match=f"^{message}$"):
            function(make(1.0))


@pytest.mark.parametrize("axis", [1.0, None, (0, 1), "last"])
def test_an_axis_that_is_no_integer_is_refused(make: Make, axis: Any) -> None:
    with pytest.raises(TypeError, match=rf"^axis must be an integer; got {type(axis).__name__}$"):
        softmax(make(np.ones((3, 5))), axis=axis)
