"""QKV, linear, project_qkv: laws, loops and PyTorch as oracles, edges, errors."""

import math
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from attention.qkv import QKV, linear, project_qkv
from attention.scores import dot_product_scores
from attention.softmax import softmax

Make = Callable[..., Any]
SHAPES = {"x": (3, 5, 13), "w_q": (13, 7), "w_k": (13, 7), "w_v": (13, 11)}


def integers(*shape: int) -> st.SearchStrategy[np.ndarray]:
    """Draw small integers, so that float64 holds every product and sum exactly."""
    return hnp.arrays(np.float64, shape, elements=st.integers(-100, 100))


TOKENS, W_Q, W_K, W_V = (integers(*shape) for shape in ((5, 13), (13, 7), (13, 7), (13, 11)))


def attend(x: np.ndarray, *weights: np.ndarray) -> np.ndarray:
    """Run the whole formula on small scores."""
    query, key, value = project_qkv(x / 100, *weights)
    mixed: np.ndarray = softmax(dot_product_scores(query, key) / 100) @ value
    return mixed


# Laws


@given(TOKENS, W_Q, W_K, W_V, st.permutations(range(5)))
def test_reordering_the_tokens_reorders_query_key_and_value(
    x: np.ndarray, w_q: np.ndarray, w_k: np.ndarray, w_v: np.ndarray, order: list[int]
) -> None:
    straight, reordered = project_qkv(x, w_q, w_k, w_v), project_qkv(x[order], w_q, w_k, w_v)
    for one, other in zip(straight, reordered, strict=True):
        np.testing.assert_array_equal(other, one[order])


@given(TOKENS, W_Q, W_K, W_V, st.permutations(range(5)))
def test_attention_does_not_see_the_order_of_tokens(
    x: np.ndarray, w_q: np.ndarray, w_k: np.ndarray, w_v: np.ndarray, order: list[int]
) -> None:
    np.testing.assert_allclose(
        attend(x[order], w_q, w_k, w_v), attend(x, w_q, w_k, w_v)[order], rtol=0, atol=1e-9
    )


@given(TOKENS, integers(13), W_Q, W_K, W_V)
def test_another_token_changes_nobody_elses_query_key_or_value(
    x: np.ndarray, token: np.ndarray, w_q: np.ndarray, w_k: np.ndarray, w_v: np.ndarray
) -> None:
    changed = np.concatenate([x[:4], token[None]])
    before, after = project_qkv(x, w_q, w_k, w_v), project_qkv(changed, w_q, w_k, w_v)
    for one, other in zip(before, after, strict=True):
        np.testing.assert_array_equal(other[:4], one[:4])


@given(TOKENS, TOKENS, W_V, st.integers(-10, 10))
def test_the_projection_of_a_sum_is_the_sum_of_projections(
    x: np.ndarray, y: np.ndarray, weight: np.ndarray, c: int
) -> None:
    np.testing.assert_array_equal(
        linear(x + c * y, weight), linear(x, weight) + c * linear(y, weight)
    )


@given(TOKENS, W_V, integers(11, 3))
def test_two_projections_are_one_by_the_product(
    x: np.ndarray, first: np.ndarray, second: np.ndarray
) -> None:
    np.testing.assert_array_equal(linear(linear(x, first), second), linear(x, first @ second))


@given(TOKENS, W_Q, W_K)
def test_scores_see_only_the_product_of_the_two_matrices(
    x: np.ndarray, w_q: np.ndarray, w_k: np.ndarray
) -> None:
    query, key, _ = project_qkv(x, w_q, w_k, w_k)
    np.testing.assert_array_equal(dot_product_scores(query, key), x @ (w_q @ w_k.T) @ x.T)


@given(TOKENS, W_Q, W_K, integers(7, 7))
def test_turning_queries_and_turning_keys_back_changes_no_score(
    x: np.ndarray, w_q: np.ndarray, w_k: np.ndarray, upper: np.ndarray
) -> None:
    # unit triangles have integer inverses: (1 + N)^-1 = 1 - N if N has one entry
    shear = np.zeros((7, 7))
    shear[2, 5] = upper[2, 5]
    turn, back = np.eye(7) + shear, np.eye(7) - shear
    plain, turned = project_qkv(x, w_q, w_k, w_k), project_qkv(x, w_q @ turn, w_k @ back.T, w_k)
    np.testing.assert_array_equal(
        dot_product_scores(turned.query, turned.key), dot_product_scores(plain.query, plain.key)
    )


@given(TOKENS, W_Q)
def test_with_one_matrix_scores_are_symmetric_and_the_longest_query_finds_itself(
    x: np.ndarray, w_q: np.ndarray
) -> None:
    query, key, _ = project_qkv(x, w_q, w_q, w_q)
    scores = dot_product_scores(query, key)
    np.testing.assert_array_equal(scores, scores.T)
    assert scores.max() == np.diagonal(scores).max()


@given(TOKENS, W_Q, W_K, W_V)
def test_three_matrices_side_by_side_give_the_same_in_one_projection(
    x: np.ndarray, w_q: np.ndarray, w_k: np.ndarray, w_v: np.ndarray
) -> None:
    joined = linear(x, np.concatenate([w_q, w_k, w_v], axis=1))
    for part, own in zip(
        np.split(joined, [7, 14], axis=1), project_qkv(x, w_q, w_k, w_v), strict=True
    ):
        np.testing.assert_array_equal(part, own)


# Oracles


def test_a_projection_agrees_with_loops(make: Make, rng: np.random.Generator) -> None:
    x, weight = rng.standard_normal((3, 5, 13)), rng.standard_normal((13, 11))
    expected = [
        [
            [math.fsum(t * w for t, w in zip(token, col, strict=True)) for col in weight.T]
            for token in s
        ]
        for s in x
    ]
    found = linear(make(x), make(weight))
    np.testing.assert_allclose(np.asarray(found), expected, rtol=0, atol=1e-13)


def test_a_square_matrix_is_not_turned(make: Make, rng: np.random.Generator) -> None:
    x, weight = rng.standard_normal((5, 7)), rng.standard_normal((7, 7))
    expected = [[math.fsum(row[i] * weight[i, c] for i in range(7)) for c in range(7)] for row in x]
    found = linear(make(x), make(weight))
    np.testing.assert_allclose(np.asarray(found), expected, rtol=0, atol=1e-13)


def test_query_key_and_value_come_from_their_own_matrices(
    make: Make, rng: np.random.Generator
) -> None:
    arrays = {name: rng.standard_normal(shape) for name, shape in SHAPES.items()}
    found = project_qkv(**{name: make(array) for name, array in arrays.items()})
    assert isinstance(found, QKV)
    assert found._fields == ("query", "key", "value")
    for part, name in zip(found, ("w_q", "w_k", "w_v"), strict=True):
        expected = np.einsum("bnm,md->bnd", arrays["x"], arrays[name])
        np.testing.assert_allclose(np.asarray(part), expected, rtol=0, atol=1e-13)


def test_pytorchs_linear_stores_the_transpose(rng: np.random.Generator) -> None:
    torch = pytest.importorskip("torch", reason="torch is an extra; `make test` installs it")
    x, weight = (
        torch.tensor(rng.standard_normal((5, 13))),
        torch.tensor(rng.standard_normal((13, 7))),
    )
    theirs = torch.nn.Linear(13, 7, bias=False, dtype=torch.float64)
    assert theirs.weight.shape == (7, 13)
    with torch.no_grad():
        theirs.weight.copy_(weight.mT)
        torch.testing.assert_close(linear(x, weight), theirs(x), rtol=1e-13, atol=1e-13)


def test_gradients_of_the_two_matrices_have_the_same_form(rng: np.random.Generator) -> None:
    torch = pytest.importorskip("torch", reason="torch is an extra; `make test` installs it")
    x, w_q, w_k, w_v = (torch.tensor(rng.standard_normal(s[-2:])) for s in SHAPES.values())
    for weight in (w_q, w_k, w_v):
        weight.requires_grad_()
    query, key, value = project_qkv(x, w_q, w_k, w_v)
    scores = dot_product_scores(query, key) / 10
    scores.retain_grad()
    (softmax(scores) @ value).square().sum().backward()
    g = scores.grad / 10
    torch.testing.assert_close(w_q.grad, x.mT @ g @ key)
    torch.testing.assert_close(w_k.grad, x.mT @ g.mT @ query)


# Edges


def test_the_dtype_survives(make: Make) -> None:
    for dtype in ("float32", "float64"):
        arrays = {name: make(np.ones(shape), dtype) for name, shape in SHAPES.items()}
        for part in project_qkv(**arrays):
            assert part.dtype == arrays["x"].dtype


@pytest.mark.parametrize(
    ("library", "dtype"), [("numpy", "float16"), ("torch", "float16"), ("torch", "bfloat16")]
)
def test_half_precision_adds_up_in_float32(library: str, dtype: str) -> None:
    if library == "torch":
        torch = pytest.importorskip("torch", reason="torch is an extra; `make test` installs it")
        ones = torch.ones((1, 4096), dtype=getattr(torch, dtype))
    else:
        ones = np.ones((1, 4096), dtype=dtype)
    found = linear(ones, ones.T)
    assert found.dtype == ones.dtype
    assert float(found[0, 0]) == 4096  # a running float16 sum stops at 2048


@pytest.mark.parametrize(("n", "d_model", "d_k"), [(0, 13, 7), (5, 0, 7), (5, 13, 0), (1, 1, 1)])
def test_axes_may_be_empty(make: Make, n: int, d_model: int, d_k: int) -> None:
    x, weight = make(np.ones((3, 5, 13))), make(np.ones((13, 7)))
    x, weight = x[:, :n, :d_model], weight[:d_model, :d_k]
    found = project_qkv(x, weight, weight, make(np.ones((13, 11)))[:d_model, :])
    assert tuple(found.query.shape) == tuple(found.key.shape) == (3, n, d_k)
    assert tuple(found.value.shape) == (3, n, 11)
    assert (np.asarray(found.value) == d_model).all()


def test_many_batch_axes_survive(make: Make) -> None:
    x = make(np.ones((2, 3, 5, 13)))
    assert tuple(linear(x, make(np.ones((13, 7)))).shape) == (2, 3, 5, 7)


def test_inputs_are_never_changed(make: Make) -> None:
    x, weight = make([[1.0, 2.0]]), make([[3.0], [4.0]])
    for part in project_qkv(x, weight, weight, weight):
        assert np.asarray(part).tolist() == [[11]]
    assert np.asarray(x).tolist() == [[1, 2]]
    assert np.asarray(weight).tolist() == [[3], [4]]


def test_read_only_strided_and_transposed_inputs_are_as_good(rng: np.random.Generator) -> None:
    x, weight = rng.standard_normal((13, 10)).T[::2], rng.standard_normal((7, 13)).T
    x.flags.writeable = weight.flags.writeable = False
    expected = np.einsum("nm,md->nd", x.copy(), weight.copy())
    np.testing.assert_allclose(linear(x, weight), expected, rtol=0, atol=1e-13)


# Errors


AXES = "x must be (*batch, n, d_in) and weight (d_in, d_out)"
SAME_D_K = "w_q and w_k must have the same width d_k; got w_q (13, 7), w_k (13, 11)"


@pytest.mark.parametrize(
    ("x", "weight", "message"),
    [
        ((5, 13), (7, 13), "x and weight must have the same d_in; got x (5, 13), weight (7, 13)"),
        ((5, 1), (13, 7), "x and weight must have the same d_in; got x (5, 1), weight (13, 7)"),
        (
            (13,),
            (13, 7),
            f"{AXES}; got x (13,), weight (13, 7)",
        ),
        (
            (5, 13),
            (13,),
            f"{AXES}; got x (5, 13), weight (13,)",
        ),
        (
            (5, 13),
            (3, 13, 7),
            f"{AXES}; got x (5, 13), weight (3, 13, 7)",
        ),
        (
            (),
            (13, 7),
            f"{AXES}; got x (), weight (13, 7)",
        ),
    ],
)
def test_shapes_that_do_not_fit_are_refused(
    make: Make, x: tuple[int, ...], weight: tuple[int, ...], message: str
) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        linear(make(np.ones(x)), make(np.ones(weight)))


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"w_q": (7, 13)}, "x and w_q must have the same d_in; got x (3, 5, 13), w_q (7, 13)"),
        ({"w_k": (17, 7)}, "x and w_k must have the same d_in; got x (3, 5, 13), w_k (17, 7)"),
        ({"w_v": (11, 13)}, "x and w_v must have the same d_in; got x (3, 5, 13), w_v (11, 13)"),
        ({"w_k": (13, 11)}, SAME_D_K),
        (
            {"w_v": (3, 13, 11)},
            "x must be (*batch, n, d_in) and w_v (d_in, d_out); got x (3, 5, 13), w_v (3, 13, 11)",
        ),
    ],
)
def test_the_matrix_that_does_not_fit_is_named(
    make: Make, changed: dict[str, tuple[int, ...]], message: str
) -> None:
    arrays = {name: make(np.ones(shape)) for name, shape in (SHAPES | changed).items()}
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        project_qkv(**arrays)


def test_integers_are_refused(make: Make) -> None:
    with pytest.raises(TypeError, match=r"^x must have a real floating dtype; got int64$"):
        linear(make([[1, 0]], "int64"), make([[1], [0]], "int64"))


def test_two_dtypes_are_refused(make: Make) -> None:
    arrays = {name: make(np.ones(shape)) for name, shape in SHAPES.items()}
    arrays["w_v"] = make(np.ones(SHAPES["w_v"]), "float32")
    expected = r"^x, w_q, w_k and w_v must have the same dtype; got .*w_k float64, w_v float32$"
    with pytest.raises(TypeError, match=expected):
        project_qkv(**arrays)


def test_lists_are_refused(make: Make) -> None:
    expected = r"^weight must be an array of NumPy, PyTorch or another Array API library; got list$"
    with pytest.raises(TypeError, match=expected):
        linear(make([[1.0]]), [[1.0]])
