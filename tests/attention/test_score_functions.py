"""cosine, distance, bilinear and additive scores: laws, loops as oracle, edges, errors."""

import math
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from attention.dot_product import l2_normalize
from attention.score_functions import (
    additive_scores,
    bilinear_scores,
    cosine_scores,
    negative_squared_distance_scores,
)
from attention.scores import dot_product_scores
from attention.similarity import cosine_similarity, squared_distance
from attention.softmax import softmax
from oracles import HALVES, half

Make = Callable[..., Any]
Score = Callable[..., Any]
INTEGERS = st.integers(-1000, 1000)
QUERIES = hnp.arrays(np.float64, (3, 7), elements=INTEGERS)
KEYS = hnp.arrays(np.float64, (5, 7), elements=INTEGERS)
SMALL = st.floats(-3, 3).map(lambda x: round(x, 3))
SMALL_QUERIES = hnp.arrays(np.float64, (3, 7), elements=SMALL)
SMALL_KEYS = hnp.arrays(np.float64, (5, 7), elements=SMALL)


def weights_of(score: Score, rng: np.random.Generator, d_q: int = 7) -> list[np.ndarray]:
    """Draw what the score function learns; d_k is 7 and d_h is 13."""
    if score is bilinear_scores:
        return [rng.standard_normal((d_q, 7))]
    if score is additive_scores:
        return [
            rng.standard_normal((d_q, 13)),
            rng.standard_normal((7, 13)),
            rng.standard_normal(13),
        ]
    return []


def loops(score: Score, q: np.ndarray, k: np.ndarray, *weights: np.ndarray) -> float:
    """Score one pair in Python's own float64, entry by entry, as the formula says."""
    if score is cosine_scores:
        product = math.fsum(x * y for x, y in zip(q, k, strict=True))
        return product / (math.hypot(*q) * math.hypot(*k))
    if score is negative_squared_distance_scores:
        return -(math.dist(q, k) ** 2)
    if score is bilinear_scores:
        (W,) = weights
        return math.fsum(q[a] * W[a, b] * k[b] for a in range(len(q)) for b in range(len(k)))
    U_q, U_k, w = weights
    return math.fsum(
        w[h]
        * math.tanh(
            math.fsum(q[a] * U_q[a, h] for a in range(len(q)))
            + math.fsum(k[b] * U_k[b, h] for b in range(len(k)))
        )
        for h in range(len(w))
    )


ALL = [cosine_scores, negative_squared_distance_scores, bilinear_scores, additive_scores]
EVERY = pytest.mark.parametrize("score", ALL, ids=lambda score: score.__name__)
UNWEIGHTED = pytest.mark.parametrize("score", ALL[:2], ids=lambda score: score.__name__)
WEIGHTED = pytest.mark.parametrize("score", ALL[2:], ids=lambda score: score.__name__)


# Laws


@given(SMALL_QUERIES, SMALL_KEYS, st.floats(1e-3, 1e3), st.floats(1e-3, 1e3))
def test_stretching_queries_or_keys_changes_no_cosine(
    Q: np.ndarray, K: np.ndarray, c: float, e: float
) -> None:
    np.testing.assert_allclose(cosine_scores(c * Q, e * K), cosine_scores(Q, K), rtol=0, atol=1e-14)


@given(SMALL_QUERIES, SMALL_KEYS)
def test_cosines_stay_in_their_range_up_to_rounding(Q: np.ndarray, K: np.ndarray) -> None:
    assert (abs(cosine_scores(Q, K)) <= 1 + 1e-14).all()


@given(SMALL_QUERIES, SMALL_KEYS)
def test_cosine_scores_are_the_cosine_similarities_of_all_pairs(
    Q: np.ndarray, K: np.ndarray
) -> None:
    pairs = cosine_similarity(Q[:, None], K)
    np.testing.assert_allclose(cosine_scores(Q, K), pairs, rtol=0, atol=1e-14)


@given(QUERIES, KEYS)  # integers, so that float64 holds every sum exactly
def test_the_expanded_distance_is_that_of_all_pairs(Q: np.ndarray, K: np.ndarray) -> None:
    pairs = -squared_distance(Q[:, None], K)
    np.testing.assert_array_equal(negative_squared_distance_scores(Q, K), pairs)


@given(QUERIES, KEYS, hnp.arrays(np.float64, 7, elements=INTEGERS))
def test_moving_queries_and_keys_together_changes_no_distance(
    Q: np.ndarray, K: np.ndarray, by: np.ndarray
) -> None:
    np.testing.assert_array_equal(
        negative_squared_distance_scores(Q + by, K + by), negative_squared_distance_scores(Q, K)
    )


@given(QUERIES)
def test_no_vector_is_nearer_than_itself(Q: np.ndarray) -> None:
    scores = negative_squared_distance_scores(Q, Q)
    assert (np.diagonal(scores) == 0).all()
    assert (scores <= 0).all()


@given(SMALL_QUERIES, SMALL_KEYS, st.floats(0.1, 3))
def test_with_keys_of_one_length_half_the_distance_gives_the_weights_of_the_dot_product(
    Q: np.ndarray, K: np.ndarray, length: float
) -> None:
    keys = length * l2_normalize(K + np.eye(5, 7))
    keys = keys[np.any(keys != 0, axis=-1)]
    by_distance = softmax(negative_squared_distance_scores(Q, keys) / 2)
    np.testing.assert_allclose(by_distance, softmax(dot_product_scores(Q, keys)), atol=1e-12)


@UNWEIGHTED
@given(Q=QUERIES, K=KEYS)
def test_exchanging_queries_and_keys_mirrors_the_scores(
    score: Score, Q: np.ndarray, K: np.ndarray
) -> None:
    np.testing.assert_array_equal(score(K, Q), score(Q, K).T)


@given(QUERIES, KEYS)
def test_the_identity_makes_the_bilinear_score_a_dot_product(Q: np.ndarray, K: np.ndarray) -> None:
    np.testing.assert_array_equal(bilinear_scores(Q, K, np.eye(7)), dot_product_scores(Q, K))


@given(QUERIES, KEYS, hnp.arrays(np.float64, (2, 7, 3), elements=st.integers(-10, 10)))
def test_a_bilinear_score_with_a_factored_matrix_is_a_dot_product_of_projections(
    Q: np.ndarray, K: np.ndarray, factors: np.ndarray
) -> None:
    W_q, W_k = factors
    np.testing.assert_array_equal(
        bilinear_scores(Q, K, W_q @ W_k.T), dot_product_scores(Q @ W_q, K @ W_k)
    )


@given(QUERIES, KEYS)
def test_exchanging_queries_and_keys_and_transposing_the_matrix_mirrors_the_bilinear_scores(
    Q: np.ndarray, K: np.ndarray
) -> None:
    W = np.arange(49.0).reshape(7, 7) % 11 - 5
    np.testing.assert_array_equal(bilinear_scores(K, Q, W.T), bilinear_scores(Q, K, W).T)


@given(SMALL_QUERIES, SMALL_KEYS)
def test_turning_both_vectors_round_keeps_a_bilinear_score_and_turns_an_additive_one(
    Q: np.ndarray, K: np.ndarray
) -> None:
    rng = np.random.default_rng(3)
    W, parts = weights_of(bilinear_scores, rng), weights_of(additive_scores, rng)
    np.testing.assert_allclose(
        bilinear_scores(-Q, -K, *W), bilinear_scores(Q, K, *W), rtol=0, atol=1e-12
    )
    np.testing.assert_allclose(
        additive_scores(-Q, -K, *parts), -additive_scores(Q, K, *parts), rtol=0, atol=1e-12
    )


@given(QUERIES, KEYS)
def test_no_additive_score_exceeds_the_sum_of_its_output_weights(
    Q: np.ndarray, K: np.ndarray
) -> None:
    parts = weights_of(additive_scores, np.random.default_rng(3))
    assert (abs(additive_scores(Q, K, *parts)) <= abs(parts[2]).sum() + 1e-12).all()


@given(SMALL_QUERIES, SMALL_KEYS)
def test_exchanging_queries_with_keys_and_their_matrices_mirrors_the_additive_scores(
    Q: np.ndarray, K: np.ndarray
) -> None:
    U_q, U_k, w = weights_of(additive_scores, np.random.default_rng(3))
    np.testing.assert_allclose(
        additive_scores(K, Q, U_k, U_q, w), additive_scores(Q, K, U_q, U_k, w).T, atol=1e-12
    )


@EVERY
@given(Q=SMALL_QUERIES, K=SMALL_KEYS, order=st.permutations(range(5)))
def test_a_score_depends_on_its_own_pair_alone(
    score: Score, Q: np.ndarray, K: np.ndarray, order: list[int]
) -> None:
    weights = weights_of(score, np.random.default_rng(3))
    whole = score(Q, K, *weights)
    np.testing.assert_allclose(score(Q, K[order], *weights), whole[:, order], rtol=0, atol=1e-12)
    np.testing.assert_allclose(score(Q[1:2], K, *weights), whole[1:2], rtol=0, atol=1e-12)
    np.testing.assert_allclose(score(Q, K[2:], *weights), whole[:, 2:], rtol=0, atol=1e-12)


# Oracles


@EVERY
def test_scores_agree_with_loops(make: Make, rng: np.random.Generator, score: Score) -> None:
    d_q = 11 if score in ALL[2:] else 7  # a learned matrix lets the widths differ
    query, key = rng.standard_normal((2, 3, d_q)), rng.standard_normal((2, 5, 7))
    weights = weights_of(score, rng, d_q)
    expected = [
        [[loops(score, q, k, *weights) for k in keys] for q in queries]
        for queries, keys in zip(query, key, strict=True)
    ]
    found = score(make(query), make(key), *map(make, weights))
    np.testing.assert_allclose(np.asarray(found), expected, rtol=0, atol=1e-12)


@EVERY
def test_float32_agrees_with_loops(make: Make, rng: np.random.Generator, score: Score) -> None:
    query, key = rng.standard_normal((3, 7)), rng.standard_normal((5, 7))
    weights = weights_of(score, rng)
    query, key, *weights = (a.astype(np.float32) for a in (query, key, *weights))
    wide = [a.astype(float) for a in weights]
    expected = [[loops(score, q, k, *wide) for k in key.astype(float)] for q in query.astype(float)]
    found = score(*(make(a, "float32") for a in (query, key, *weights)))
    np.testing.assert_allclose(np.asarray(found), expected, rtol=0, atol=2e-5)


@EVERY
def test_batch_axes_broadcast_like_copies(
    make: Make, rng: np.random.Generator, score: Score
) -> None:
    query, key = rng.standard_normal((11, 1, 3, 7)), rng.standard_normal((2, 5, 7))
    weights = weights_of(score, rng)
    found = score(make(query), make(key), *map(make, weights))
    copies = np.repeat(query, 2, axis=1), np.broadcast_to(key, (11, 2, 5, 7))
    assert tuple(found.shape) == (11, 2, 3, 5)
    np.testing.assert_allclose(np.asarray(found), score(*copies, *weights), rtol=0, atol=1e-12)


@pytest.mark.parametrize(("library", "dtype"), HALVES)
@EVERY
def test_half_precision_is_as_good_as_one_last_rounding(
    rng: np.random.Generator, score: Score, library: str, dtype: str
) -> None:
    drawn = [rng.standard_normal((3, 7)), rng.standard_normal((5, 7)), *weights_of(score, rng)]
    halves = [half(library, dtype, a.tolist()) for a in drawn]
    query, key, *weights = [np.asarray(a.tolist()) for a in halves]
    found = score(*halves)
    assert found.dtype == halves[0].dtype
    expected = np.array([[loops(score, q, k, *weights) for k in key] for q in query])
    rounding = (2.0**-8 if dtype == "bfloat16" else 2.0**-11) * 1.01
    error = abs(np.asarray(found.tolist()) - expected)
    assert (error <= rounding * abs(expected) + 2e-5).all()


@pytest.mark.parametrize(("library", "dtype"), HALVES)
def test_half_precision_survives_squares_that_it_cannot_hold(library: str, dtype: str) -> None:
    query = half(library, dtype, [[300.0, 400.0]])
    key = half(library, dtype, [[304.0, 400.0]])  # 300² is beyond float16's largest number
    assert float(cosine_scores(query, query)[0, 0]) == pytest.approx(1, rel=2**-8)
    assert float(negative_squared_distance_scores(query, key)[0, 0]) == -16
    cross = half(library, dtype, [[1.0, 0.0], [0.0, -0.5]])  # 300 · 304 − 400 · 200
    expected = half(library, dtype, [91_200.0 - 80_000.0])
    assert float(bilinear_scores(query, key, cross)[0, 0]) == float(expected[0])


@pytest.mark.parametrize(("library", "dtype"), HALVES)
def test_additive_scores_of_half_precision_add_up_in_float32(library: str, dtype: str) -> None:
    ones = half(library, dtype, [[1.0]])
    row, w = half(library, dtype, [[10.0] * 4096]), half(library, dtype, [1.0] * 4096)
    # tanh(20) rounds to 1, and a running float16 sum of ones stops at 2048
    assert float(additive_scores(ones, ones, row, row, w)[0, 0]) == 4096


# Edges


@EVERY
@pytest.mark.parametrize(("n_q", "n_k"), [(0, 5), (3, 0), (0, 0), (1, 1)])
def test_axes_may_be_empty(
    make: Make, rng: np.random.Generator, score: Score, n_q: int, n_k: int
) -> None:
    query, key = make(np.ones((2, 3, 7)))[:, :n_q, :], make(np.ones((2, 5, 7)))[:, :n_k, :]
    scores = score(query, key, *map(make, weights_of(score, rng)))
    assert tuple(scores.shape) == (2, n_q, n_k)


def test_without_features_or_hidden_units_all_scores_are_zero(make: Make) -> None:
    query, key = make(np.ones((3, 0))), make(np.ones((5, 0)))
    for scores in (
        cosine_scores(query, key),
        negative_squared_distance_scores(query, key),
        bilinear_scores(query, key, make(np.ones((0, 0)))),
        additive_scores(query, key, *(make(np.ones(s)) for s in ((0, 13), (0, 13), (13,)))),
        additive_scores(query, key, *(make(np.ones(s)) for s in ((0, 0), (0, 0), (0,)))),
    ):
        assert tuple(scores.shape) == (3, 5)
        assert (np.asarray(scores) == 0).all()


def test_the_cosine_with_a_zero_vector_is_zero(make: Make) -> None:
    rows = make([[0.0, 0.0], [3.0, 4.0]])
    found = np.asarray(cosine_scores(rows, rows))
    np.testing.assert_allclose(found, [[0, 0], [0, 1]], rtol=0, atol=1e-15)


def test_a_zero_vector_has_a_finite_gradient_under_the_cosine() -> None:
    torch = pytest.importorskip("torch", reason="torch is an extra; `make test` installs it")
    query = torch.zeros((1, 3), dtype=torch.float64, requires_grad=True)
    cosine_scores(query, torch.ones((2, 3), dtype=torch.float64)).sum().backward()
    assert torch.isfinite(query.grad).all()


def test_huge_inputs_saturate_the_additive_score(make: Make) -> None:
    huge, unit = make([[1e300]]), make([[1.0]])
    scores = additive_scores(huge, huge, unit, unit, make([2.5]))
    assert float(scores[0, 0]) == 2.5
    assert float(additive_scores(-huge, huge, unit, unit, make([2.5]))[0, 0]) == 0


def test_the_expanded_distance_loses_digits_as_its_page_says(make: Make) -> None:
    query, key = make([[10_000.0]], "float32"), make([[10_000.25], [10_001.75]], "float32")
    assert np.asarray(negative_squared_distance_scores(query, key)).tolist() == [[-8, 8]]
    near = negative_squared_distance_scores(query - key[:1, :], key - key[:1, :])
    assert np.asarray(near).tolist() == [[-0.0625, -3.0625]]


@EVERY
def test_the_dtype_survives(make: Make, rng: np.random.Generator, score: Score) -> None:
    for dtype in ("float32", "float64"):
        query, key = make(np.ones((3, 7)), dtype), make(np.ones((5, 7)), dtype)
        weights = [make(a, dtype) for a in weights_of(score, rng)]
        assert score(query, key, *weights).dtype == query.dtype


@EVERY
def test_inputs_are_never_changed(make: Make, rng: np.random.Generator, score: Score) -> None:
    drawn = [rng.standard_normal((3, 7)), rng.standard_normal((5, 7)), *weights_of(score, rng)]
    arrays = [make(a.copy()) for a in drawn]
    score(*arrays)
    for array, kept in zip(arrays, drawn, strict=True):
        np.testing.assert_array_equal(np.asarray(array), kept)


@EVERY
def test_read_only_strided_and_transposed_inputs_are_as_good(
    rng: np.random.Generator, score: Score
) -> None:
    strided = [
        rng.standard_normal((7, 10)).T[1::3],
        rng.standard_normal((10, 7))[::-2],
        *(np.repeat(a, 2, axis=-1)[..., ::-2] for a in weights_of(score, rng)),
    ]
    assert strided[0].shape == (3, 7)
    for array in strided:
        array.flags.writeable = False
    expected = score(*(array.copy() for array in strided))
    np.testing.assert_allclose(score(*strided), expected, rtol=0, atol=1e-12)


@EVERY
def test_one_row_repeated_without_copies_is_as_good(
    make: Make, rng: np.random.Generator, score: Score
) -> None:
    row, key = rng.standard_normal((1, 7)), rng.standard_normal((5, 7))
    weights = weights_of(score, rng)
    zero_stride = np.broadcast_to(row, (3, 7))
    assert zero_stride.strides[0] == 0
    found = np.asarray(score(zero_stride, key, *weights))
    expected = np.repeat(np.asarray(score(row, key, *weights)), 3, axis=0)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)


@EVERY
def test_strided_tensors_are_as_good(rng: np.random.Generator, score: Score) -> None:
    torch = pytest.importorskip("torch", reason="torch is an extra; `make test` installs it")
    heads = torch.tensor(rng.standard_normal((2, 5, 3, 7))).swapaxes(1, 2)
    assert not heads.is_contiguous()
    weights = [torch.tensor(a) for a in weights_of(score, rng)]
    expected = score(heads.contiguous(), heads.contiguous(), *weights)
    torch.testing.assert_close(score(heads, heads, *weights), expected, rtol=0, atol=1e-12)


@EVERY
def test_gradients_agree_with_small_steps(rng: np.random.Generator, score: Score) -> None:
    torch = pytest.importorskip("torch", reason="torch is an extra; `make test` installs it")
    drawn = [rng.standard_normal((3, 7)), rng.standard_normal((5, 7)), *weights_of(score, rng)]
    assert torch.autograd.gradcheck(score, [torch.tensor(a, requires_grad=True) for a in drawn])


def test_gradients_to_one_query_are_those_of_the_page() -> None:
    torch = pytest.importorskip("torch", reason="torch is an extra; `make test` installs it")
    query = torch.tensor([[4.0, 2.0]], dtype=torch.float64, requires_grad=True)
    key = torch.tensor([[2.0, 1.0]], dtype=torch.float64)
    W = torch.tensor([[0.0, 1.0], [3.0, 0.0]], dtype=torch.float64)

    def gradient(scores: Any) -> list[float]:
        (found,) = torch.autograd.grad(scores.sum(), query)
        return [round(x, 12) + 0.0 for x in found[0].tolist()]

    assert gradient(cosine_scores(query, key)) == [0, 0]  # parallel: nothing left to turn
    assert gradient(negative_squared_distance_scores(query, key)) == [-4, -2]
    assert gradient(bilinear_scores(query, key, W)) == [1, 6]


def test_the_gradient_of_a_cosine_is_perpendicular_to_the_query(rng: np.random.Generator) -> None:
    torch = pytest.importorskip("torch", reason="torch is an extra; `make test` installs it")
    query = torch.tensor(rng.standard_normal((3, 7)), requires_grad=True)
    cosine_scores(query, torch.tensor(rng.standard_normal((5, 7)))).sum().backward()
    along = (query.detach() * query.grad).sum(-1)
    assert float(abs(along).max()) <= 1e-14
    assert float(abs(query.grad).max()) > 0.01


# Errors


WIDTH = "query and key must have the same width d_k"
BATCH = "query and key must have batch axes that broadcast"
AXES = "query must be (*batch, n_q, d_k) and key (*batch, n_k, d_k)"
HIDDEN = "w_query, w_key and w_score, (d_h,), must have the same width d_h"


@UNWEIGHTED
@pytest.mark.parametrize(
    ("shapes", "message"),
    [
        (((3, 7), (5, 11)), f"{WIDTH}; got query (3, 7), key (5, 11)"),
        (((3, 7), (5, 1)), f"{WIDTH}; got query (3, 7), key (5, 1)"),
        (
            ((2, 3, 7), (11, 5, 7)),
            f"{BATCH}; got query (2, 3, 7), key (11, 5, 7)",
        ),
        (
            ((7,), (5, 7)),
            f"{AXES}; got query (7,), key (5, 7)",
        ),
    ],
)
def test_queries_and_keys_that_do_not_fit_are_refused(
    make: Make, score: Score, shapes: tuple[tuple[int, ...], ...], message: str
) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        score(*(make(np.ones(shape)) for shape in shapes))


PAIRS = "query must be (*batch, n_q, d_q) and key (*batch, n_k, d_k)"
BETWEEN = "weight must be (d_q, d_k), the widths of query and key"


@pytest.mark.parametrize(
    ("shapes", "message"),
    [
        (
            ((3, 11), (5, 7), (7, 11)),
            f"{BETWEEN}; got query (3, 11), key (5, 7), weight (7, 11)",
        ),
        (
            ((3, 11), (5, 7), (11, 5)),
            f"{BETWEEN}; got query (3, 11), key (5, 7), weight (11, 5)",
        ),
        (
            ((7,), (5, 7), (7, 7)),
            f"{PAIRS}; got query (7,), key (5, 7)",
        ),
        (
            ((3, 7), (5, 7), (7,)),
            f"{BETWEEN}; got query (3, 7), key (5, 7), weight (7,)",
        ),
        (
            ((2, 3, 11), (13, 5, 7), (11, 7)),
            f"{BATCH}; got query (2, 3, 11), key (13, 5, 7)",
        ),
    ],
)
def test_a_matrix_that_does_not_fit_between_is_refused(
    make: Make, shapes: tuple[tuple[int, ...], ...], message: str
) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        bilinear_scores(*(make(np.ones(shape)) for shape in shapes))


@pytest.mark.parametrize(
    ("shapes", "message"),
    [
        (
            ((3, 11), (5, 7), (7, 13), (7, 13), (13,)),
            "query and w_query must have the same d_in; got query (3, 11), w_query (7, 13)",
        ),
        (
            ((3, 11), (5, 7), (11, 13), (11, 13), (13,)),
            "key and w_key must have the same d_in; got key (5, 7), w_key (11, 13)",
        ),
        (
            ((3, 11), (5, 7), (11, 13), (7, 17), (13,)),
            f"{HIDDEN}; got w_query (11, 13), w_key (7, 17), w_score (13,)",
        ),
        (
            ((3, 11), (5, 7), (11, 13), (7, 13), (1,)),
            f"{HIDDEN}; got w_query (11, 13), w_key (7, 13), w_score (1,)",
        ),
        (
            ((3, 11), (5, 7), (11, 13), (7, 13), (13, 1)),
            f"{HIDDEN}; got w_query (11, 13), w_key (7, 13), w_score (13, 1)",
        ),
        (
            ((3, 11), (7,), (11, 13), (7, 13), (13,)),
            f"{PAIRS}; got query (3, 11), key (7,)",
        ),
    ],
)
def test_parts_of_the_small_network_that_do_not_fit_are_refused(
    make: Make, shapes: tuple[tuple[int, ...], ...], message: str
) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        additive_scores(*(make(np.ones(shape)) for shape in shapes))


def test_additive_scores_refuse_batches_that_do_not_broadcast(
    make: Make, rng: np.random.Generator
) -> None:
    query, key = make(np.ones((2, 3, 7))), make(np.ones((11, 5, 7)))
    expected = f"{BATCH}; got query (2, 3, 7), key (11, 5, 7)"
    with pytest.raises(ValueError, match=f"^{re.escape(expected)}$"):
        additive_scores(query, key, *map(make, weights_of(additive_scores, rng)))


@EVERY
def test_integers_are_refused(make: Make, rng: np.random.Generator, score: Score) -> None:
    query, key = make(np.ones((3, 7)), "int64"), make(np.ones((5, 7)), "int64")
    weights = [make(a) for a in weights_of(score, rng)]
    with pytest.raises(TypeError, match=r"^query must have a real floating dtype; got int64$"):
        score(query, key, *weights)


@EVERY
def test_two_dtypes_are_refused(make: Make, rng: np.random.Generator, score: Score) -> None:
    query, key = make(np.ones((3, 7)), "float32"), make(np.ones((5, 7)), "float64")
    weights = [make(a) for a in weights_of(score, rng)]
    expected = r"^query.* must have the same dtype; got query float32, key float64"
    with pytest.raises(TypeError, match=expected):
        score(query, key, *weights)


@WEIGHTED
def test_weights_of_another_dtype_are_refused(
    make: Make, rng: np.random.Generator, score: Score
) -> None:
    query, key = make(np.ones((3, 7)), "float32"), make(np.ones((5, 7)), "float32")
    weights = [make(a, "float64") for a in weights_of(score, rng)]
    with pytest.raises(TypeError, match=r"the same dtype; got query float32, key float32, w"):
        score(query, key, *weights)


@EVERY
def test_lists_are_refused(make: Make, rng: np.random.Generator, score: Score) -> None:
    expected = r"^key must be an array of NumPy, PyTorch or another Array API library; got list$"
    with pytest.raises(TypeError, match=expected):
        score(make(np.ones((3, 7))), [[1.0] * 7], *map(make, weights_of(score, rng)))
