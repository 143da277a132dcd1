"""Sinks, one more score of each head that gives nothing: laws, loops as oracle, edges, errors."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attention import attention_steps, scaled_dot_product_attention
from attention.softmax import softmax
from attention.tiling import merge, tiled_attention
from oracles import attention_by_loops

Make = Callable[..., Any]
N_HEADS, N_Q, N_K, D_K, D_V = 6, 5, 13, 7, 11
SEEDS = st.integers(0, 2**32 - 1)
OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "is_causal": st.booleans(),
        "offset": st.integers(0, N_K),
        "scale": st.floats(-2, 2),
        "softcap": st.floats(0.5, 50),
    },
)
MASKS = st.sampled_from(["none", "bool", "float"])


def inputs(seed: int, *, n_kv_heads: int = N_HEADS) -> Any:
    """Draw queries, keys, values and sinks; one sink is so high that it takes nearly all."""
    rng = np.random.default_rng(seed)
    shapes = (N_HEADS, N_Q, D_K), (n_kv_heads, N_K, D_K), (n_kv_heads, N_K, D_V)
    sinks = 2 * rng.standard_normal(N_HEADS)
    sinks[2] = 23.0
    return [*(rng.standard_normal((2, *shape)) for shape in shapes), sinks]


def mask_of(seed: int, kind: str) -> Any:
    """Draw a mask; its second row hides everything."""
    rng = np.random.default_rng(seed + 1)
    seen = rng.random((N_Q, N_K)) < 0.6
    seen[1] = False
    added = np.where(seen, rng.standard_normal((N_Q, N_K)), -np.inf)
    return {"none": None, "bool": seen, "float": added}[kind]


def by_loops(
    query: Any, key: Any, value: Any, sinks: Any, mask: Any = None, **options: Any
) -> tuple[np.ndarray, np.ndarray]:
    """Attend text by text and head by head; return output and log-sum-exp."""
    output, lse = np.zeros((*query.shape[:-1], D_V)), np.zeros(query.shape[:-1])
    for b, h in np.ndindex(*lse.shape[:2]):
        head = query[b, h], key[b, h], value[b, h]
        output[b, h], lse[b, h] = attention_by_loops(*head, mask, sink=float(sinks[h]), **options)
    return output, lse


def close(found: Any, expected: Any, atol: float = 1e-12) -> None:
    np.testing.assert_allclose(np.asarray(found), np.asarray(expected), rtol=0, atol=atol)


# Laws


@given(SEEDS, MASKS, OPTIONS)
def test_a_sink_is_a_key_of_that_score_whose_value_is_zero(
    seed: int, kind: str, options: dict[str, Any]
) -> None:
    *arrays, sinks = inputs(seed)
    masked = attention_steps(*arrays, mask_of(seed, kind), **options).masked
    column = np.broadcast_to(sinks[:, None, None], (*masked.shape[:-1], 1))
    weights = softmax(np.concatenate([masked, column], axis=-1))[..., :-1]
    found = attention_steps(*arrays, mask_of(seed, kind), sinks=sinks, **options)
    close(found.weights, weights)
    close(found.output, weights @ arrays[2])


def test_a_sink_of_minus_infinity_is_none(make: Make) -> None:
    *arrays, _ = map(make, inputs(1))
    nothing = make(np.full(N_HEADS, -np.inf))
    without = scaled_dot_product_attention(*arrays, is_causal=True)
    close(scaled_dot_product_attention(*arrays, is_causal=True, sinks=nothing), without, 0)
    close(tiled_attention(*arrays, is_causal=True, sinks=nothing, block_k=3), without)


def test_parts_merge_if_one_of_them_has_the_sink() -> None:
    query, key, value, sinks = inputs(2)
    parts = [
        tiled_attention(query, key[..., part, :], value[..., part, :], sinks=own, return_lse=True)
        for part, own in ((slice(4), sinks), (slice(4, None), None))
    ]
    whole = tiled_attention(query, key, value, sinks=sinks, return_lse=True)
    for found, expected in zip(merge(*parts[0], *parts[1]), whole, strict=True):
        close(found, expected)


# Oracles


@given(SEEDS, MASKS, OPTIONS, st.integers(1, 7), st.integers(1, 17))
def test_plain_and_tiled_attention_do_what_loops_do(
    seed: int, kind: str, options: dict[str, Any], block_q: int, block_k: int
) -> None:
    *arrays, sinks = inputs(seed)
    mask = mask_of(seed, kind)
    output, lse = by_loops(*arrays, sinks, mask, **options)
    close(scaled_dot_product_attention(*arrays, mask, sinks=sinks, **options), output)
    options |= {"block_q": block_q, "block_k": block_k, "return_lse": True}
    for found, expected in zip(
        tiled_attention(*arrays, mask, sinks=sinks, **options), (output, lse), strict=True
    ):
        close(found, expected)


def test_query_heads_that_share_keys_have_sinks_of_their_own(make: Make) -> None:
    query, key, value, sinks = inputs(3, n_kv_heads=2)
    repeated = [np.repeat(each, 3, axis=1) for each in (key, value)]
    expected = by_loops(query, *repeated, sinks)[0]
    arrays = [make(each) for each in (query, key, value)]
    for function in (scaled_dot_product_attention, tiled_attention):
        close(function(*arrays, enable_gqa=True, sinks=make(sinks)), expected)


@pytest.mark.parametrize("function", [scaled_dot_product_attention, tiled_attention])
def test_gradients_are_those_of_finite_differences(function: Any) -> None:
    torch = pytest.importorskip("torch", reason="torch is an extra; `make test` installs it")
    *arrays, sinks = (
        torch.from_numpy(each[..., :3, :] if each.ndim > 1 else each) for each in inputs(4)
    )
    mask = torch.ones((3, 3), dtype=torch.bool)
    mask[1] = False  # of this row the sink alone takes weight

    def attend(*given: Any) -> Any:
        return function(*given[:3], mask, sinks=given[3])

    wanted = [each[:1].clone().requires_grad_() for each in arrays] + [
        sinks.clone().requires_grad_()
    ]
    assert torch.autograd.gradcheck(attend, wanted)
    attend(*wanted).sum().backward()
    assert all(each.grad.isfinite().all() for each in wanted)
    assert wanted[3].grad.abs().max() > 0


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_half_precision_computes_in_float32(dtype: str) -> None:
    torch = pytest.importorskip("torch", reason="torch is an extra; `make test` installs it")
    halves = [torch.from_numpy(each).to(getattr(torch, dtype)) for each in inputs(5)]
    expected = by_loops(*(each.double().numpy() for each in halves))[0]
    rounding = torch.finfo(halves[0].dtype).eps * np.abs(expected).max()
    for function in (scaled_dot_product_attention, tiled_attention):
        found = function(*halves[:3], sinks=halves[3])
        assert found.dtype == halves[0].dtype
        close(found.double(), expected, rounding)


# Edges


def test_without_a_key_all_weight_goes_to_the_sink(make: Make) -> None:
    query, key, value, sinks = inputs(6)
    arrays = [make(each) for each in (query, key[..., :0, :], value[..., :0, :])]
    assert not np.asarray(scaled_dot_product_attention(*arrays, sinks=make(sinks))).any()
    output, lse = tiled_attention(*arrays, sinks=make(sinks), return_lse=True)
    assert not np.asarray(output).any()
    close(lse, np.broadcast_to(sinks[:, None], (2, N_HEADS, N_Q)))


def test_huge_scores_and_huge_sinks_do_not_overflow() -> None:
    key = np.array([[[1e4], [-1e4]]])
    for score, sink, weight in ((1e4, 0.0, 1.0), (0.0, 1e4, 0.0), (1e4, 1e4, 0.5)):
        query, sinks = np.array([[[score / 1e4]]]), np.array([sink])
        for function in (scaled_dot_product_attention, tiled_attention):
            close(function(query, key, np.array([[[1.0], [0.0]]]), sinks=sinks), [[[weight]]], 0)


# Errors


@pytest.mark.parametrize("function", [attention_steps, tiled_attention])
def test_sinks_that_are_not_one_for_each_head_are_refused(function: Any, make: Make) -> None:
    arrays = [make(array) for array in inputs(7)[:3]]
    for shape in ((), (1,), (5,), (2, 6), (6, 1)):
        message = f"sinks must be (n_heads,), (6,); got sinks {shape}, query (2, 6, 5, 7)"
        with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
            function(*arrays, sinks=make(np.ones(shape)))
    message = "query must be (*batch, n_heads, n_q, d_k) if there are sinks; got query (5, 7)"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        function(*(array[0, 0, ...] for array in arrays), sinks=make(np.ones(1)))


@pytest.mark.parametrize("function", [attention_steps, tiled_attention])
def test_sinks_of_another_dtype_or_kind_are_refused(function: Any) -> None:
    arrays = inputs(8)[:3]
    with pytest.raises(TypeError, match=r"^query and sinks must .*dtype; got .* sinks float32$"):
        function(*arrays, sinks=np.ones(6, dtype="float32"))
    with pytest.raises(TypeError, match=r"^sinks must be .* got list$"):
        function(*arrays, sinks=[1.0] * 6)
