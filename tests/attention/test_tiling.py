"""tiled_attention and merge: laws, oracles, accuracy, memory, edges, errors."""

import math
import re
import tracemalloc
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attention import scaled_dot_product_attention, tiling
from attention.tiling import merge, tiled_attention
from oracles import attention_by_loops

torch = pytest.importorskip("torch", reason="torch is an extra; `make test` installs it")
fused = torch.nn.functional.scaled_dot_product_attention

Make = Callable[..., Any]
N_Q, N_K, D_K, D_V = 13, 17, 7, 11

SEEDS = st.integers(0, 2**32 - 1)
LIBRARIES = st.sampled_from([np.asarray, torch.from_numpy])
MASKS = st.sampled_from(["none", "bool", "float"])
BLOCKS = st.fixed_dictionaries({"block_q": st.integers(1, 19), "block_k": st.integers(1, 19)})
OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "is_causal": st.booleans(),
        "offset": st.integers(0, N_K),
        "scale": st.floats(-2, 2),
        "softcap": st.floats(0.5, 50),
    },
)


def inputs(seed: int, *, n_q: int = N_Q, n_k: int = N_K, batch: tuple[int, ...] = ()) -> Any:
    """Draw queries, keys and values."""
    rng = np.random.default_rng(seed)
    shapes = (n_q, D_K), (n_k, D_K), (n_k, D_V)
    return [rng.standard_normal((*batch, *shape)) for shape in shapes]


def mask_of(seed: int, kind: str = "bool", shape: tuple[int, ...] = (N_Q, N_K)) -> Any:
    """Draw a mask; its second row hides everything."""
    rng = np.random.default_rng(seed + 1)
    seen = rng.random(shape) < 0.4
    if len(shape) > 1:
        seen[..., 1:2, :] = False
    return {"none": None, "bool": seen, "float": np.where(seen, rng.normal(size=shape), -np.inf)}[
        kind
    ]


def run(library: Callable[..., Any], *arrays: Any, **options: Any) -> Any:
    """Attend with arrays of one library; answer as NumPy."""
    answer = tiled_attention(
        *(each if each is None else library(each) for each in arrays), **options
    )
    return tuple(map(np.asarray, answer)) if isinstance(answer, tuple) else np.asarray(answer)


def close(found: Any, expected: Any, atol: float = 1e-12) -> None:
    np.testing.assert_allclose(np.asarray(found), np.asarray(expected), rtol=0, atol=atol)


# Laws


@given(SEEDS, LIBRARIES, MASKS, OPTIONS, BLOCKS)
def test_any_block_sizes_give_what_the_whole_table_gives(
    seed: int, library: Any, kind: str, options: dict[str, Any], blocks: dict[str, int]
) -> None:
    arrays = [*inputs(seed), mask_of(seed, kind)]
    moved = [each if each is None else library(each) for each in arrays]
    found = run(library, *arrays, **options, **blocks)
    close(found, scaled_dot_product_attention(*moved, **options))


@given(SEEDS, LIBRARIES, MASKS, OPTIONS, BLOCKS)
def test_the_log_sum_exp_turns_scores_into_weights(
    seed: int, library: Any, kind: str, options: dict[str, Any], blocks: dict[str, int]
) -> None:
    query, key, value = inputs(seed)
    numbers = np.eye(N_K)  # with these as values, the output is the weights
    weights, lse = run(
        library, query, key, numbers, mask_of(seed, kind), **options, **blocks, return_lse=True
    )
    output, expected = attention_by_loops(query, key, value, mask_of(seed, kind), **options)
    close(lse, expected)
    close(weights @ value, output)
    close(weights.sum(-1), np.isfinite(lse).astype(float))


@given(SEEDS, LIBRARIES, MASKS, OPTIONS, BLOCKS, st.lists(st.integers(0, N_K), max_size=4))
def test_keys_may_be_split_anywhere_and_the_parts_merged(
    seed: int,
    library: Any,
    kind: str,
    options: dict[str, Any],
    blocks: dict[str, int],
    cuts: list[int],
) -> None:
    query, key, value = inputs(seed)
    mask = mask_of(seed, kind)
    options.pop("is_causal", None)  # it counts from the first key
    whole = run(library, query, key, value, mask, **options, return_lse=True)
    ends = [0, *sorted(cuts), N_K]
    parts = [
        tiled_attention(
            library(query), library(key[i:j]), library(value[i:j]),
            mask if mask is None else library(mask[:, i:j]), **options, **blocks, return_lse=True,
        )
        for i, j in pairwise(ends)
    ]  # fmt: skip
    merged = parts[0]
    for part in parts[1:]:
        merged = merge(*merged, *part)
    for found, expected in zip(merged, whole, strict=True):
        close(found, expected)


def parts_of(seed: int, library: Callable[..., Any], count: int) -> list[tuple[Any, Any]]:
    """Draw what queries found among several sets of keys: nothing at times, or huge scores."""
    rng = np.random.default_rng(seed)
    parts = []
    for _ in range(count):
        output, lse = rng.standard_normal((2, N_Q, D_V)), 30 * rng.standard_normal((2, N_Q))
        hidden = rng.random((2, N_Q)) < 0.3
        output[hidden], lse[hidden] = 0, -np.inf
        parts.append((library(output), library(lse)))
    return parts


@given(SEEDS, LIBRARIES)
def test_merging_is_commutative(seed: int, library: Any) -> None:
    a, b = parts_of(seed, library, 2)
    for one, other in zip(merge(*a, *b), merge(*b, *a), strict=True):
        np.testing.assert_array_equal(np.asarray(one), np.asarray(other))


@given(SEEDS, LIBRARIES)
def test_merging_is_associative(seed: int, library: Any) -> None:
    a, b, c = parts_of(seed, library, 3)
    left, right = merge(*merge(*a, *b), *c), merge(*a, *merge(*b, *c))
    close(left[0], right[0], 1e-14)
    np.testing.assert_allclose(np.asarray(left[1]), np.asarray(right[1]), rtol=1e-14, atol=1e-14)


@given(SEEDS, LIBRARIES)
def test_what_saw_no_key_changes_nothing_when_merged(seed: int, library: Any) -> None:
    (part,) = parts_of(seed, library, 1)
    nothing = library(np.zeros((2, N_Q, D_V))), library(np.full((2, N_Q), -np.inf))
    for merged in (merge(*part, *nothing), merge(*nothing, *part)):
        for found, expected in zip(merged, part, strict=True):
            np.testing.assert_array_equal(np.asarray(found), np.asarray(expected))


@given(SEEDS, LIBRARIES)
def test_a_part_merged_with_itself_keeps_its_output_and_counts_twice(
    seed: int, library: Any
) -> None:
    (part,) = parts_of(seed, library, 1)
    output, lse = merge(*part, *part)
    close(output, part[0])
    close(lse, np.asarray(part[1]) + math.log(2))


# Oracles


@given(SEEDS, LIBRARIES, MASKS, OPTIONS, BLOCKS)
def test_it_agrees_with_loops(
    seed: int, library: Any, kind: str, options: dict[str, Any], blocks: dict[str, int]
) -> None:
    arrays = (*inputs(seed), mask_of(seed, kind))
    found = run(library, *arrays, **options, **blocks, return_lse=True)
    for each, expected in zip(found, attention_by_loops(*arrays, **options), strict=True):
        close(each, expected)


@pytest.mark.parametrize("kind", ["none", "bool", "float"])
def test_every_library_agrees_with_loops(make: Make, kind: str) -> None:
    arrays, mask = inputs(1), mask_of(1, kind)
    options: dict[str, Any] = {"is_causal": True, "offset": 1, "scale": 0.7, "softcap": 2.0}
    given_mask = None if mask is None else make(mask, "bool" if kind == "bool" else "float64")
    found = tiled_attention(
        *map(make, arrays), given_mask, **options, block_q=3, block_k=5, return_lse=True
    )
    for each, expected in zip(found, attention_by_loops(*arrays, mask, **options), strict=True):
        assert type(each) is type(make(0.0)) or isinstance(each, np.ndarray)
        close(each, expected)


@pytest.mark.parametrize(
    "options",
    [{}, {"is_causal": True}, {"scale": -0.3}, {"scale": 0.0}, {"mask": "bool"}, {"mask": "float"}],
    ids=str,
)
def test_it_agrees_with_the_mathematics_of_torch(options: dict[str, Any]) -> None:
    query, key, value = map(torch.from_numpy, inputs(2, batch=(2, 3)))
    mask = torch.from_numpy(mask_of(2) | np.eye(N_Q, N_K, dtype=bool))  # no row sees nothing
    if (kind := options.get("mask")) is not None:
        bias = torch.from_numpy(np.random.default_rng(4).standard_normal((3, N_Q, N_K)))
        options = {"attn_mask": mask if kind == "bool" else bias}
    found = tiled_attention(query, key, value, **options, block_q=5, block_k=3)
    with torch.nn.attention.sdpa_kernel(torch.nn.attention.SDPBackend.MATH):
        close(found, fused(query, key, value, **options))


@pytest.mark.parametrize("return_lse", [False, True])
def test_leading_axes_broadcast_like_copies(make: Make, return_lse: bool) -> None:
    rng = np.random.default_rng(5)
    query = rng.standard_normal((5, 1, N_Q, D_K))
    key = rng.standard_normal((2, N_K, D_K))
    value = rng.standard_normal((3, 1, 1, N_K, D_V))
    mask = rng.random((2, 1, N_K)) < 0.5
    found = tiled_attention(
        *map(make, (query, key, value)), make(mask, "bool"),
        block_q=5, block_k=3, return_lse=return_lse,
    )  # fmt: skip
    rows = np.zeros((N_Q, N_K), dtype=bool)
    expected = [
        [
            [
                attention_by_loops(query[b, 0], key[h], value[a, 0, 0], rows | mask[h])
                for h in range(2)
            ]
            for b in range(5)
        ]
        for a in range(3)
    ]
    output, lse = found if return_lse else (found, None)
    close(output, [[[c[0] for c in b] for b in a] for a in expected])
    if return_lse:
        close(lse, [[[c[1] for c in b] for b in a] for a in expected])


@pytest.mark.parametrize(("n_keys", "n_values"), [(2, 2), (3, 2), (1, 6), (6, 1)])
def test_query_heads_in_a_row_share_a_key_head(make: Make, n_keys: int, n_values: int) -> None:
    rng = np.random.default_rng(6)
    query = rng.standard_normal((2, 6, N_Q, D_K))
    key = rng.standard_normal((2, n_keys, N_K, D_K))
    value = rng.standard_normal((2, n_values, N_K, D_V))
    mask = rng.random((6, N_Q, N_K)) < 0.6
    found = tiled_attention(
        *map(make, (query, key, value)), make(mask, "bool"), enable_gqa=True, block_q=5, block_k=3
    )
    k, v = 6 // n_keys, 6 // n_values
    expected = [
        [
            attention_by_loops(query[b, h], key[b, h // k], value[b, h // v], mask[h])[0]
            for h in range(6)
        ]
        for b in range(2)
    ]
    close(found, expected)


def test_every_mask_that_broadcasts_is_cut_into_blocks(make: Make) -> None:
    arrays = inputs(7, batch=(2,))
    for shape in ((), (N_K,), (1, N_K), (N_Q, 1), (2, 1, N_K), (2, N_Q, 1), (2, N_Q, N_K), (1, 1)):
        for kind, dtype in (("bool", "bool"), ("float", "float64")):
            mask = make(mask_of(8, kind, shape), dtype)
            moved = [*map(make, arrays), mask]
            found = tiled_attention(*moved, block_q=5, block_k=3)
            close(found, scaled_dot_product_attention(*moved))


# Accuracy


@pytest.mark.parametrize(("dtype", "bound"), [("float64", 1e-12), ("float32", 2e-6)])
def test_the_error_stays_within_its_bound(make: Make, dtype: str, bound: float) -> None:
    for seed in range(3):
        arrays = [a.astype(dtype) for a in inputs(seed, n_q=13, n_k=113)]
        for options in ({}, {"is_causal": True, "offset": 90}, {"softcap": 1.0}, {"scale": 1.0}):
            found = tiled_attention(
                *(make(a, dtype) for a in arrays), **options, block_q=5, block_k=7, return_lse=True
            )
            for each, expected in zip(found, attention_by_loops(*arrays, **options), strict=True):
                assert str(each.dtype).endswith(dtype)
                close(each, expected, bound)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16], ids=str)
@pytest.mark.parametrize(
    "options", [{}, {"is_causal": True}, {"scale": 1.0}, {"mask": True}], ids=str
)
def test_half_precision_errs_no_more_than_torch(dtype: Any, options: dict[str, Any]) -> None:
    ours, theirs = 0.0, 0.0
    for seed in range(5):
        arrays = [torch.from_numpy(a).to(dtype) for a in inputs(seed, n_q=113, n_k=113)]
        mask = torch.from_numpy(mask_of(seed, shape=(113, 113))) if "mask" in options else None
        rest = {name: value for name, value in options.items() if name != "mask"}
        exact = scaled_dot_product_attention(*(a.double() for a in arrays), mask, **rest)
        found = tiled_attention(*arrays, mask, **rest, block_q=7, block_k=11)
        assert found.dtype == dtype
        ours = max(ours, float((found - exact).abs().max()))
        theirs = max(theirs, float((fused(*arrays, attn_mask=mask, **rest) - exact).abs().max()))
    assert 0 < ours <= 1.25 * theirs


@pytest.mark.parametrize("dtype", [np.float16, torch.float16, torch.bfloat16], ids=str)
def test_the_log_sum_exp_of_half_precision_is_float32_and_merges(dtype: Any) -> None:
    query, key, value = inputs(3)
    arrays = [
        each.astype(dtype) if dtype is np.float16 else torch.from_numpy(each).to(dtype)
        for each in (query, key, value)
    ]
    output, lse = tiled_attention(*arrays, return_lse=True)
    assert output.dtype == arrays[0].dtype
    assert str(lse.dtype).endswith("float32")
    merged, doubled = merge(output, lse, output, lse)
    assert merged.dtype == output.dtype
    assert doubled.dtype == lse.dtype
    assert (merged == output).all()
    half = lse.astype(dtype) if dtype is np.float16 else lse.to(dtype)
    assert merge(output, half, output, half)[1].dtype == lse.dtype
    wide = [each.astype("f") if dtype is np.float16 else each.float() for each in arrays]
    close(lse, attention_by_loops(*map(np.asarray, wide))[1], 2e-6)


@pytest.mark.parametrize("size", [1e4, -1e4])
def test_huge_scores_give_the_answer_of_float64(make: Make, size: float) -> None:
    rng = np.random.default_rng(9)
    key = np.eye(5, D_K, dtype="float32")
    query = np.zeros((3, D_K), dtype="float32")
    query[:, :5] = size + rng.integers(-3, 4, (3, 5))  # float32 holds these exactly
    value = rng.standard_normal((5, D_V)).astype("float32")
    arrays = [make(a, "float32") for a in (query, key, value)]
    found, lse = tiled_attention(*arrays, scale=1.0, block_q=2, block_k=2, return_lse=True)
    output, expected = attention_by_loops(query, key, value, scale=1.0)
    close(found, output, 1e-6)
    close(lse, expected, 1e-3)  # near 10,000, float32 is that coarse


def test_scores_far_apart_from_block_to_block_are_corrected(make: Make) -> None:
    query = np.ones((1, 1))
    key = np.array([[-1e4], [0.0], [1e4], [1e4], [-1e4], [0.0]])
    value = np.array([[2.0], [3.0], [5.0], [7.0], [11.0], [13.0]])
    for block_k in range(1, 7):
        found, lse = tiled_attention(
            *map(make, (query, key, value)), block_k=block_k, return_lse=True
        )
        assert np.asarray(found).tolist() == [[6.0]]
        close(lse, [1e4 + math.log(2)])


# Memory and work


class Largest(torch.overrides.TorchFunctionMode):  # type: ignore[misc, name-defined]
    """Watches how many numbers the largest array holds that is no view of a given one."""

    def __init__(self, *given: Any) -> None:
        super().__init__()
        self.given = {each.untyped_storage().data_ptr() for each in given if each is not None}
        self.numbers = 0

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        result = func(*args, **(kwargs or {}))
        if isinstance(result, torch.Tensor):
            storage = result.untyped_storage()
            if storage.data_ptr() not in self.given:
                self.numbers = max(self.numbers, storage.nbytes() // result.itemsize)
        return result


@pytest.mark.parametrize("kind", ["none", "bool", "float"])
@pytest.mark.parametrize("is_causal", [False, True])
def test_no_array_of_all_scores_is_ever_made(kind: str, is_causal: bool) -> None:
    n, block = 211, 23
    arrays = [torch.from_numpy(each) for each in inputs(10, n_q=n, n_k=n)]
    mask = mask_of(10, "bool" if kind == "bool" else "none", (n, n))
    shown = None if mask is None else torch.from_numpy(mask)
    if kind == "float":  # that it holds no NaN is looked up at once: one row serves all queries
        shown = torch.from_numpy(mask_of(10, "float", (n,)))
    options: dict[str, Any] = {"is_causal": is_causal, "softcap": 2.0}
    with Largest(*arrays, shown) as plain:
        scaled_dot_product_attention(*arrays, shown, **options)
    with Largest(*arrays, shown) as tiled:
        tiled_attention(*arrays, shown, **options, block_q=block, block_k=block, return_lse=True)
    assert plain.numbers == n * n
    assert tiled.numbers == n * D_V  # the output


def peak_bytes(attend: Callable[..., Any], n: int, dtype: str, **options: Any) -> int:
    """How much memory a call takes at most, beside its inputs and its output."""
    arrays = [each.astype(dtype) for each in inputs(11, n_q=n, n_k=n)]
    attend(*(each[:2] for each in arrays), **options)  # what is imported late
    tracemalloc.start()
    try:
        output = attend(*arrays, **options)
        return tracemalloc.get_traced_memory()[1] - output.nbytes
    finally:
        tracemalloc.stop()


def slope(attend: Callable[..., Any], dtype: str, **options: Any) -> float:
    """The exponent of n by which that memory grows."""
    lengths = [257, 521, 1031, 2053]
    peaks = [peak_bytes(attend, n, dtype, **options) for n in lengths]
    return float(np.polyfit(np.log(lengths), np.log(peaks), 1)[0])


@pytest.mark.parametrize("dtype", ["float32", "float16"])
@pytest.mark.parametrize("is_causal", [False, True])
def test_memory_grows_with_the_tokens_not_with_their_square(dtype: str, is_causal: bool) -> None:
    blocks = {"block_q": 61, "block_k": 67}
    assert slope(tiled_attention, dtype, is_causal=is_causal, **blocks) <= 1.05
    assert slope(scaled_dot_product_attention, dtype, is_causal=is_causal) >= 1.9


def test_default_blocks_bound_the_memory_of_long_texts() -> None:
    peaks = [peak_bytes(tiled_attention, n, "float32") for n in (1031, 2053)]
    assert peaks[1] <= 1.05 * peaks[0]  # nothing but blocks


def test_blocks_that_causality_hides_are_not_computed(make: Make) -> None:
    query, key, value = inputs(12)
    key[7:], value[7:] = np.nan, np.nan  # a hidden value weighs 0, and 0 times NaN is NaN
    found = tiled_attention(*(make(each) for each in (query[:5], key, value)), is_causal=True,
                            offset=2, block_q=5, block_k=5)  # fmt: skip
    close(found, attention_by_loops(query[:5], key[:7], value[:7], is_causal=True, offset=2)[0])


def test_only_the_blocks_on_the_diagonal_are_masked(monkeypatch: pytest.MonkeyPatch) -> None:
    hide, masked = tiling._hide_later, []

    def watched(scores: Any, rows: slice, columns: slice, *rest: Any) -> Any:
        masked.append(((rows.start, rows.stop), (columns.start, columns.stop)))
        return hide(scores, rows, columns, *rest)

    monkeypatch.setattr(tiling, "_hide_later", watched)
    arrays = inputs(13, n_q=8, n_k=11)
    tiled_attention(*arrays, block_q=4, block_k=4)
    assert masked == []
    tiled_attention(*arrays, is_causal=True, offset=2, block_q=4, block_k=4)
    assert masked == [((0, 4), (2, 6)), ((4, 8), (6, 10))]


# Gradients


@pytest.mark.parametrize("kind", ["none", "bool", "float"])
@pytest.mark.parametrize("options", [{}, {"is_causal": True}, {"softcap": 1.5}], ids=str)
def test_gradients_are_those_of_the_whole_table(kind: str, options: dict[str, Any]) -> None:
    given_mask = mask_of(14, kind)
    gradients = []
    for attend in (
        lambda *each: tiled_attention(*each, **options, block_q=5, block_k=3),
        lambda *each: scaled_dot_product_attention(*each, **options),
    ):
        arrays = [torch.from_numpy(a).requires_grad_() for a in inputs(14)]
        if given_mask is not None:
            arrays.append(torch.from_numpy(given_mask).requires_grad_(kind == "float"))
        attend(*arrays).square().sum().backward()
        gradients.append([each.grad for each in arrays if each.requires_grad])
    for ours, theirs in zip(*gradients, strict=True):
        close(ours, theirs)


@pytest.mark.parametrize("options", [{}, {"is_causal": True, "scale": -0.4}], ids=str)
def test_gradients_of_both_results_are_those_of_finite_differences(
    options: dict[str, Any],
) -> None:
    arrays = [torch.from_numpy(a).requires_grad_() for a in inputs(15, n_q=3, n_k=5)]

    def halves(*each: Any) -> Any:
        first = tiled_attention(*each, **options, block_q=2, block_k=2, return_lse=True)
        return merge(*first, *tiled_attention(*each, softcap=2.0, return_lse=True))

    assert torch.autograd.gradcheck(halves, arrays)


@pytest.mark.parametrize("kind", ["bool", "float"])
def test_a_query_that_sees_nothing_gets_zeros_and_gives_no_gradient(kind: str) -> None:
    arrays = [torch.from_numpy(a).requires_grad_() for a in inputs(16)]
    mask = torch.zeros(N_Q, N_K, dtype=torch.bool)
    if kind == "float":
        mask = torch.full((N_Q, N_K), -torch.inf, dtype=torch.float64)
    first = tiled_attention(*arrays, mask, block_q=5, block_k=3, return_lse=True)
    output, lse = merge(*first, *first)
    assert (output == 0).all()
    assert (lse == -torch.inf).all()
    (output.sum() + lse.sum()).backward()
    for array in arrays:
        assert (array.grad == 0).all()


def test_parts_that_saw_nothing_are_merged_without_a_gradient() -> None:
    output = torch.zeros(N_Q, D_V, requires_grad=True)
    lse = torch.full((N_Q,), -torch.inf, requires_grad=True)
    merged, both = merge(output, lse, output, lse)
    (merged.sum() + both.sum()).backward()
    assert (output.grad == 0).all()
    assert (lse.grad == 0).all()


# Edges


@pytest.mark.parametrize(("n_q", "n_k"), [(0, N_K), (N_Q, 0), (0, 0), (1, 1)])
def test_there_may_be_no_query_or_no_key(make: Make, n_q: int, n_k: int) -> None:
    arrays = [make(np.ones((2, n, d))) for n, d in ((n_q, D_K), (n_k, D_K), (n_k, D_V))]
    mask = make(np.ones((n_q, n_k)), "bool")
    output, lse = tiled_attention(*arrays, mask, is_causal=True, softcap=2.0, return_lse=True)
    assert tuple(output.shape) == (2, n_q, D_V)
    assert tuple(lse.shape) == (2, n_q)
    assert (np.asarray(output) == (1 if n_k else 0)).all()
    assert np.isfinite(np.asarray(lse)).all() == bool(n_k or not n_q)


@pytest.mark.parametrize(("n_q", "n_k"), [(0, 5), (3, 0), (0, 0)])
def test_without_a_query_or_a_key_gradients_are_zeros(n_q: int, n_k: int) -> None:
    shapes = (2, n_q, D_K), (13, 1, n_k, D_K), (2, n_k, D_V)
    arrays = [torch.ones(shape, requires_grad=True) for shape in shapes]
    output, lse = tiled_attention(*arrays, is_causal=True, return_lse=True)
    assert output.shape == (13, 2, n_q, D_V)
    assert lse.shape == (13, 2, n_q)
    assert torch.isneginf(lse).all()
    grads = torch.autograd.grad(output.sum() + torch.exp(lse).sum(), arrays)
    assert [tuple(grad.shape) for grad in grads] == list(shapes)
    assert not any(grad.any() for grad in grads)


def test_batch_axes_of_values_alone_are_those_of_the_log_sum_exp(make: Make) -> None:
    query, key, value = (make(np.ones(s)) for s in ((3, D_K), (5, D_K), (13, 5, D_V)))
    for blocks in ({}, {"block_q": 2, "block_k": 2}):
        output, lse = tiled_attention(query, key, value, return_lse=True, **blocks)
        assert (tuple(output.shape), tuple(lse.shape)) == ((13, 3, D_V), (13, 3))


def test_batches_and_values_may_be_empty(make: Make) -> None:
    arrays = [make(np.ones((2, n, d)))[:0, ...] for n, d in ((N_Q, D_K), (N_K, D_K), (N_K, D_V))]
    assert tuple(tiled_attention(*arrays).shape) == (0, N_Q, D_V)
    query, key, _ = inputs(17)
    output, lse = tiled_attention(
        make(query), make(key), make(np.ones((N_K, 0))), block_k=5, return_lse=True
    )
    assert tuple(output.shape) == (N_Q, 0)
    close(lse, attention_by_loops(query, key, np.ones((N_K, 0)))[1])


def test_one_key_gets_all_the_weight(make: Make) -> None:
    query, key, value = inputs(18, n_k=1)
    found = tiled_attention(*map(make, (100 * query, key, value)))
    assert np.array_equal(np.asarray(found), np.repeat(value, N_Q, axis=0))


@pytest.mark.parametrize("kept", [0, 8, N_K - 1])
def test_the_only_visible_key_gives_its_value(make: Make, kept: int) -> None:
    arrays = inputs(19)
    mask = np.arange(N_K) == kept
    found = tiled_attention(*map(make, arrays), make(mask, "bool"), block_q=5, block_k=3)
    assert np.array_equal(np.asarray(found), np.repeat(arrays[2][kept : kept + 1], N_Q, axis=0))


@pytest.mark.parametrize("offset", [0, 5, N_K - 1, 1000])
def test_queries_stand_behind_as_many_keys_as_the_offset_says(make: Make, offset: int) -> None:
    arrays = inputs(20)
    for blocks in ({"block_q": 5, "block_k": 3}, {"block_q": 3, "block_k": 1000}):
        found = tiled_attention(*map(make, arrays), is_causal=True, offset=offset, **blocks)
        close(found, attention_by_loops(*arrays, is_causal=True, offset=offset)[0])


def test_rows_with_nan_or_infinity_are_nan_and_others_are_not() -> None:
    query, key, value = (torch.from_numpy(each) for each in inputs(21))
    query[2, 3], query[4, 0] = torch.nan, torch.inf
    key[:, 0] = key[:, 0].abs()  # scores of inf, not of -inf
    found = tiled_attention(query, key, value, block_q=5, block_k=3)
    assert torch.isnan(found).all(dim=-1).nonzero().ravel().tolist() == [2, 4]


def test_numbers_of_numpy_as_options_promote_nothing(make: Make) -> None:
    arrays = [make(a, "float32") for a in inputs(22)]
    numbers: dict[str, Any] = {
        "scale": np.float64(0.5), "softcap": np.float64(2), "offset": np.int64(1),
        "block_q": np.int64(5), "block_k": np.uint8(3),
    }  # fmt: skip
    for each in tiled_attention(*arrays, **numbers, is_causal=True, return_lse=True):
        assert each.dtype == arrays[0].dtype


def test_inputs_are_never_changed(make: Make) -> None:
    arrays, mask = inputs(23), mask_of(23)
    moved = [*map(make, arrays), make(mask, "bool")]
    part = tiled_attention(*moved, is_causal=True, softcap=1.0, return_lse=True)
    copies = [np.asarray(each).copy() for each in part]
    merge(*part, *part)
    for before, after in zip((*arrays, mask, *copies), (*moved, *part), strict=True):
        np.testing.assert_array_equal(before, np.asarray(after))


def test_strided_read_only_and_zero_stride_arrays_are_as_good() -> None:
    rng = np.random.default_rng(24)
    query = rng.standard_normal((D_K, 2 * N_Q)).T[::2]
    key = np.broadcast_to(rng.standard_normal(D_K), (N_K, D_K))
    value = rng.standard_normal((2 * N_K, D_V))[::-2]
    bias = np.broadcast_to(rng.standard_normal(N_K), (N_Q, N_K))
    for array in (query, value):
        array.flags.writeable = False
    found = tiled_attention(query, key, value, bias, block_q=5, block_k=3)
    close(found, attention_by_loops(*(a.copy() for a in (query, key, value, bias)))[0])


def test_every_result_stays_on_its_device() -> None:
    # On the meta device there are shapes and dtypes, but no number that could be read back.
    arrays = [
        torch.empty(2, n, d, device="meta", dtype=torch.float16)
        for n, d in ((N_Q, D_K), (N_K, D_K), (N_K, D_V))
    ]
    mask = torch.empty(N_Q, N_K, device="meta", dtype=torch.bool)
    part = tiled_attention(
        *arrays, mask, is_causal=True, softcap=2.0, block_q=5, block_k=3, return_lse=True
    )
    for output, lse in (part, merge(*part, *part)):
        assert (output.device.type, output.dtype, output.shape) == (
            "meta", torch.float16, (2, N_Q, D_V),
        )  # fmt: skip
        assert (lse.device.type, lse.dtype, lse.shape) == ("meta", torch.float32, (2, N_Q))


# Errors


def refuse(kind: type[Exception], message: str) -> Any:
    """Expect exactly this error."""
    return pytest.raises(kind, match=f"^{re.escape(message)}$")


@pytest.mark.parametrize("name", ["block_q", "block_k"])
def test_block_sizes_are_positive_integers(make: Make, name: str) -> None:
    arrays = [make(each) for each in inputs(25)]
    for size in (0, -3):
        with refuse(ValueError, f"{name} must be at least 1; got {size}"):
            tiled_attention(*arrays, **{name: size})
    for wrong, kind in ((2.0, "float"), (None, "NoneType"), ("5", "str")):
        with refuse(TypeError, f"{name} must be an integer; got {kind}"):
            tiled_attention(*arrays, **{name: wrong})


WRONG: list[tuple[list[tuple[int, ...]], dict[str, Any]]] = [
    ([(3, 7), (5, 2), (5, 11)], {}),
    ([(3, 7), (5, 7), (2, 11)], {}),
    ([(3, 0), (5, 0), (5, 11)], {}),
    ([(2, 3, 7), (13, 5, 7), (5, 11)], {}),
    ([(7,), (5, 7), (5, 11)], {}),
    ([(6, 3, 7), (4, 5, 7), (2, 5, 11)], {"enable_gqa": True}),
    ([(3, 7), (5, 7), (5, 11), (2, 5)], {}),
    ([(3, 7), (5, 7), (5, 11)], {"scale": math.nan}),
    ([(3, 7), (5, 7), (5, 11)], {"scale": "1"}),
    ([(3, 7), (5, 7), (5, 11)], {"offset": -1}),
    ([(3, 7), (5, 7), (5, 11)], {"offset": 1.0, "is_causal": True}),
    ([(3, 7), (5, 7), (5, 11)], {"softcap": 0}),
    ([(3, 7), (5, 7), (5, 11), (3, 5)], {"nan": True}),
]


@pytest.mark.parametrize(("shapes", "options"), WRONG, ids=str)
def test_it_refuses_what_the_whole_formula_refuses(
    make: Make, shapes: list[tuple[int, ...]], options: dict[str, Any]
) -> None:
    filled = math.nan if options.get("nan") else 1.0
    arrays = [make(np.full(shape, filled)) for shape in shapes]
    rest = {name: value for name, value in options.items() if name != "nan"}
    with pytest.raises((TypeError, ValueError)) as expected:
        scaled_dot_product_attention(*arrays, **rest)
    with refuse(expected.type, str(expected.value)):
        tiled_attention(*arrays, **rest)


OUTPUTS = "output_a and output_b must be (*batch, n_q, d_v), both of one shape"
LSES = "lse_a and lse_b must be (*batch, n_q), "


@pytest.mark.parametrize(
    ("required", "shapes"),
    [
        (OUTPUTS, [(11,), (), (11,), ()]),
        (OUTPUTS, [(3, 11), (3,), (3, 7), (3,)]),
        (OUTPUTS, [(3, 11), (3,), (2, 3, 11), (2, 3)]),
        (f"{LSES}(3,)", [(3, 11), (5,), (3, 11), (3,)]),
        (f"{LSES}(3,)", [(3, 11), (3,), (3, 11), (3, 1)]),
        (f"{LSES}(2, 3)", [(2, 3, 11), (3,), (2, 3, 11), (3,)]),
    ],
    ids=str,
)
def test_parts_that_do_not_fit_are_refused(
    make: Make, required: str, shapes: list[tuple[int, ...]]
) -> None:
    a, b = (0, 2) if required == OUTPUTS else (1, 3)
    what = "output" if required == OUTPUTS else "lse"
    with refuse(ValueError, f"{required}; got {what}_a {shapes[a]}, {what}_b {shapes[b]}"):
        merge(*(make(np.ones(shape)) for shape in shapes))


def test_parts_of_another_type_are_refused(make: Make) -> None:
    output, lse = make(np.ones((3, 11))), make(np.ones(3))
    with refuse(TypeError, "lse_b must have a real floating dtype; got int64"):
        merge(output, lse, output, make(np.ones(3), "int64"))
    came = "got output_a float64, output_b float32"
    with refuse(TypeError, f"output_a and output_b must have the same dtype; {came}"):
        merge(output, lse, make(np.ones((3, 11)), "float32"), lse)
    array = "must be an array of NumPy, PyTorch or another Array API library; got list"
    with refuse(TypeError, f"lse_a {array}"):
        merge(output, [1.0] * 3, output, lse)


def test_parts_of_two_libraries_are_refused() -> None:
    output, lse = np.ones((3, 11)), torch.ones(3, dtype=torch.float64)
    came = "got output_a numpy, lse_a torch"
    with refuse(TypeError, f"output_a and lse_a must have the same array library; {came}"):
        merge(output, lse, output, lse)
