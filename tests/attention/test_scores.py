"""dot_product_scores: laws, loops as oracle, edges, errors."""

import math
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from attention.scores import dot_product_scores
from oracles import HALVES, half

Make = Callable[..., Any]
QUERIES = hnp.arrays(np.float64, (3, 7), elements=st.integers(-1000, 1000))
KEYS = hnp.arrays(np.float64, (5, 7), elements=st.integers(-1000, 1000))


# Laws; the entries are integers, so that float64 holds every sum exactly


@given(QUERIES, KEYS)
def test_exchanging_queries_and_keys_mirrors_the_scores(Q: np.ndarray, K: np.ndarray) -> None:
    np.testing.assert_array_equal(dot_product_scores(K, Q), dot_product_scores(Q, K).T)


@given(QUERIES, KEYS, st.permutations(range(5)))
def test_reordering_the_keys_reorders_the_columns(
    Q: np.ndarray, K: np.ndarray, order: list[int]
) -> None:
    np.testing.assert_array_equal(
        dot_product_scores(Q, K[order]), dot_product_scores(Q, K)[:, order]
    )


@given(QUERIES, KEYS)
def test_a_row_depends_on_its_own_query_alone(Q: np.ndarray, K: np.ndarray) -> None:
    np.testing.assert_array_equal(dot_product_scores(Q[1:2], K), dot_product_scores(Q, K)[1:2])


@given(QUERIES, hnp.arrays(np.float64, (7, 7), elements=st.integers(-10, 10)))
def test_keys_made_by_a_symmetric_matrix_give_symmetric_scores(
    Q: np.ndarray, half_of_M: np.ndarray
) -> None:
    scores = dot_product_scores(Q, Q @ (half_of_M + half_of_M.T))
    np.testing.assert_array_equal(scores, scores.T)


@given(QUERIES, hnp.arrays(np.float64, (7, 7), elements=st.integers(-10, 10)))
def test_exchanging_the_two_weights_mirrors_the_scores(X: np.ndarray, W_q: np.ndarray) -> None:
    W_k = np.roll(W_q, 1, axis=0) + np.eye(7)
    np.testing.assert_array_equal(
        dot_product_scores(X @ W_k, X @ W_q), dot_product_scores(X @ W_q, X @ W_k).T
    )


# Oracles


def test_scores_agree_with_loops(make: Make, rng: np.random.Generator) -> None:
    query, key = rng.standard_normal((2, 3, 7)), rng.standard_normal((2, 5, 7))
    expected = [
        [[math.fsum(x * y for x, y in zip(q, k, strict=True)) for k in keys] for q in queries]
        for queries, keys in zip(query, key, strict=True)
    ]
    found = dot_product_scores(make(query), make(key))
    np.testing.assert_allclose(np.asarray(found), expected, rtol=0, atol=1e-13)


def test_batch_axes_broadcast_like_copies(make: Make, rng: np.random.Generator) -> None:
    query, key = rng.standard_normal((11, 1, 3, 7)), rng.standard_normal((2, 5, 7))
    found = dot_product_scores(make(query), make(key))
    expected = np.einsum("bcid,cjd->bcij", np.repeat(query, 2, axis=1), key)
    assert tuple(found.shape) == (11, 2, 3, 5)
    np.testing.assert_allclose(np.asarray(found), expected, rtol=0, atol=1e-13)


@pytest.mark.parametrize(("library", "dtype"), HALVES)
def test_half_precision_adds_up_in_float32(library: str, dtype: str) -> None:
    ones = half(library, dtype, [[1.0] * 4096])  # a running float16 sum stops at 2048
    assert float(dot_product_scores(ones, ones)[0, 0]) == 4096
    query, key = half(library, dtype, [[300.0, 400.0]]), half(library, dtype, [[300.0, -200.0]])
    expected = float(half(library, dtype, [90_000.0 - 80_000.0])[0])  # neither product fits
    assert float(dot_product_scores(query, key)[0, 0]) == expected


# Edges


@pytest.mark.parametrize(
    ("n_q", "n_k", "d_k"), [(0, 5, 7), (3, 0, 7), (0, 0, 7), (3, 5, 0), (1, 1, 1)]
)
def test_axes_may_be_empty(make: Make, n_q: int, n_k: int, d_k: int) -> None:
    query, key = make(np.ones((2, 3, 7))), make(np.ones((2, 5, 7)))
    scores = dot_product_scores(query[:, :n_q, :d_k], key[:, :n_k, :d_k])
    assert tuple(scores.shape) == (2, n_q, n_k)
    assert (np.asarray(scores) == d_k).all()


def test_an_empty_batch_has_no_scores(make: Make) -> None:
    scores = dot_product_scores(make(np.ones((2, 3, 7)))[:0, :, :], make(np.ones((1, 5, 7))))
    assert tuple(scores.shape) == (0, 3, 5)


def test_the_dtype_survives(make: Make) -> None:
    for dtype in ("float32", "float64"):
        query, key = make(np.ones((3, 7)), dtype), make(np.ones((5, 7)), dtype)
        assert dot_product_scores(query, key).dtype == query.dtype


def test_inputs_are_never_changed(make: Make) -> None:
    query, key = make([[1.0, 2.0]]), make([[3.0, 4.0], [5.0, 6.0]])
    assert np.asarray(dot_product_scores(query, key)).tolist() == [[11, 17]]
    assert np.asarray(query).tolist() == [[1, 2]]
    assert np.asarray(key).tolist() == [[3, 4], [5, 6]]


def test_read_only_strided_and_transposed_inputs_are_as_good(rng: np.random.Generator) -> None:
    wide = rng.standard_normal((7, 10))
    query, key = wide.T[1::3], rng.standard_normal((10, 7))[::-2]
    assert query.shape == (3, 7)
    query.flags.writeable = key.flags.writeable = False
    expected = np.einsum("id,jd->ij", query.copy(), key.copy())
    np.testing.assert_allclose(dot_product_scores(query, key), expected, rtol=0, atol=1e-13)


def test_strided_tensors_are_as_good() -> None:
    torch = pytest.importorskip("torch", reason="torch is an extra; `make test` installs it")
    heads = torch.arange(2 * 5 * 3 * 7, dtype=torch.float64).reshape(2, 5, 3, 7).swapaxes(1, 2)
    assert not heads.is_contiguous()
    expected = dot_product_scores(heads.contiguous(), heads.contiguous())
    assert torch.equal(dot_product_scores(heads, heads), expected)


def test_gradients_reach_queries_and_keys() -> None:
    torch = pytest.importorskip("torch", reason="torch is an extra; `make test` installs it")
    query = torch.tensor([[1.0, 2.0]], requires_grad=True)
    key = torch.tensor([[3.0, 4.0], [5.0, 6.0]], requires_grad=True)
    dot_product_scores(query, key).sum().backward()
    assert query.grad.tolist() == [[8, 10]]
    assert key.grad.tolist() == [[1, 2], [1, 2]]


# Errors


WIDTH = "query and key must have the same width d_k"
BATCH = "query and key must have batch axes that broadcast"
AXES = "query must be (*batch, n_q, d_k) and key (*batch, n_k, d_k)"


@pytest.mark.parametrize(
    ("shapes", "message"),
    [
        (((3, 7), (7, 5)), f"{WIDTH}; got query (3, 7), key (7, 5)"),
        (((3, 7), (5, 1)), f"{WIDTH}; got query (3, 7), key (5, 1)"),
        (
            ((2, 3, 7), (11, 5, 7)),
            f"{BATCH}; got query (2, 3, 7), key (11, 5, 7)",
        ),
        (
            ((7,), (5, 7)),
            f"{AXES}; got query (7,), key (5, 7)",
        ),
        (
            ((3, 7), (7,)),
            f"{AXES}; got query (3, 7), key (7,)",
        ),
        (
            ((), (5, 7)),
            f"{AXES}; got query (), key (5, 7)",
        ),
    ],
)
def test_shapes_that_do_not_fit_are_refused(
    make: Make, shapes: tuple[tuple[int, ...], ...], message: str
) -> None:
    query, key = (make(np.ones(shape)) for shape in shapes)
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        dot_product_scores(query, key)


def test_n_q_and_n_k_never_broadcast(make: Make) -> None:
    scores = dot_product_scores(make(np.ones((1, 7))), make(np.ones((5, 7))))
    assert tuple(scores.shape) == (1, 5)


def test_integers_are_refused(make: Make) -> None:
    words = make([[1, 0, 1], [0, 1, 0]], "int64")
    with pytest.raises(TypeError, match=r"^query must have a real floating dtype; got int64$"):
        dot_product_scores(words, words)


def test_two_dtypes_are_refused(make: Make) -> None:
    query, key = make([[1.0]], "float32"), make([[1.0]], "float64")
    expected = r"^query and key must have the same dtype; got query float32, key float64$"
    with pytest.raises(TypeError, match=expected):
        dot_product_scores(query, key)


def test_lists_are_refused(make: Make) -> None:
    expected = r"^key must be an array of NumPy, PyTorch or another Array API library; got list$"
    with pytest.raises(TypeError, match=expected):
        dot_product_scores(make([[1.0]]), [[1.0]])
