"""KVCache, SlidingWindowKVCache, cached_attention: laws, oracles, edges, errors.

A machine in test_kv_cache_machine takes both caches through thousands of random steps.
"""

import math
import re
from collections.abc import Callable
from typing import Any

import array_api_strict
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attention import scaled_dot_product_attention
from attention.kv_cache import (
    AttentionCost,
    KVCache,
    SlidingWindowKVCache,
    cached_attention,
    cached_attention_cost,
)
from attention.masking import sliding_window_mask
from attention.position import alibi_bias
from oracles import HALVES

torch = pytest.importorskip("torch", reason="torch is an extra; `make test` installs it")

Make = Callable[..., Any]
BATCH, N_KV, N_HEADS, N, D_K, D_V = 2, 3, 6, 13, 5, 7
CAPACITY = 17
CACHES = [KVCache, SlidingWindowKVCache]


def to_torch(values: Any) -> Any:
    return torch.from_numpy(np.array(values))


SEEDS = st.integers(0, 2**32 - 1)
LIBRARIES = st.sampled_from([np.asarray, to_torch, array_api_strict.asarray])
CUTS = st.lists(st.integers(0, N), max_size=N).map(sorted)  # equal ones make empty chunks
SINKS = np.array([0.5, -3.0, 23.0, -np.inf, 0.0, 2.0])  # of the six heads
OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "scale": st.floats(-2, 2),
        "softcap": st.floats(0.5, 50),
        "sinks": st.sampled_from([np.zeros(N_HEADS), SINKS]),
    },
)


def inputs(seed: int = 0, n: int = N, dtype: str = "float64") -> list[np.ndarray]:
    """Draw queries, keys and values of n tokens."""
    rng = np.random.default_rng(seed)
    shapes = (N_HEADS, n, D_K), (N_KV, n, D_K), (N_KV, n, D_V)
    return [rng.standard_normal((BATCH, *shape)).astype(dtype) for shape in shapes]


def made(library: Any, options: dict[str, Any]) -> dict[str, Any]:
    """Return options, their array as one of a library."""
    return {n: library(o) if isinstance(o, np.ndarray) else o for n, o in options.items()}


def empty(like: Any, kind: Any = KVCache, capacity: int = CAPACITY) -> Any:
    return kind.empty((BATCH,), N_KV, capacity, D_K, D_V, like=like)


def chunks(cuts: list[int], n: int = N) -> list[slice]:
    """Return the pieces between the cuts."""
    return [slice(a, b) for a, b in zip([0, *cuts], [*cuts, n], strict=True)]


def in_chunks(arrays: list[Any], cache: Any, cuts: list[int], **options: Any) -> Any:
    """Attend piece by piece; answer with all rows, as NumPy."""
    n = arrays[0].shape[-2]
    found = [
        cached_attention(*(array[..., piece, :] for array in arrays), cache, **options)
        for piece in chunks(cuts, n)
    ]
    return np.concatenate([np.asarray(rows) for rows in found], axis=-2)


def at_once(arrays: list[np.ndarray], mask: Any = None, **options: Any) -> np.ndarray:
    """Attend in one causal pass, without a cache."""
    found = scaled_dot_product_attention(*arrays, mask, is_causal=True, enable_gqa=True, **options)
    return np.asarray(found)


def close(found: Any, expected: Any, atol: float = 1e-12) -> None:
    np.testing.assert_allclose(np.asarray(found), np.asarray(expected), rtol=0, atol=atol)


def everything(cache: Any) -> tuple[bytes, bytes, int]:
    """Return all that a cache holds, its unused memory too, to the bit."""
    return (np.asarray(cache._keys).tobytes(), np.asarray(cache._values).tobytes(), cache.length)


# Laws


@given(SEEDS, LIBRARIES, CUTS, OPTIONS)
def test_any_split_into_chunks_equals_one_causal_pass(
    seed: int, library: Any, cuts: list[int], options: dict[str, Any]
) -> None:
    arrays = inputs(seed)
    own = [library(array) for array in arrays]
    found = in_chunks(own, empty(own[0]), cuts, **made(library, options))
    close(found, at_once(arrays, **options))


@given(SEEDS, LIBRARIES, CUTS)
def test_any_split_equals_one_pass_in_single_precision(
    seed: int, library: Any, cuts: list[int]
) -> None:
    arrays = inputs(seed, dtype="float32")
    own = [library(array) for array in arrays]
    found = in_chunks(own, empty(own[0]), cuts)
    assert found.dtype == np.float32
    close(found, at_once(arrays), 2e-6)


@pytest.mark.parametrize("cuts", [[], list(range(1, N)), [5], [2, 3, 11]])
@pytest.mark.parametrize("kind", CACHES)
@pytest.mark.parametrize(("library", "dtype"), HALVES)
def test_any_split_in_half_precision_is_rounded_once(
    library: str, dtype: str, kind: Any, cuts: list[int]
) -> None:
    # Half precision is computed in single, where 2e-6 is allowed, and rounded once: what comes
    # out is off by at most half the distance of two neighbours.
    digits = {"float16": 10, "bfloat16": 7}[dtype]
    arrays = [torch.from_numpy(array).to(getattr(torch, dtype)) for array in inputs()]
    own = [array.numpy() for array in arrays] if library == "numpy" else arrays
    cache = empty(own[0], kind)
    found = [
        cached_attention(*(array[..., piece, :] for array in own), cache) for piece in chunks(cuts)
    ]
    assert all(rows.dtype == own[0].dtype for rows in found)
    rows = np.concatenate([np.asarray(torch.as_tensor(rows).double()) for rows in found], axis=-2)
    exact = at_once([np.asarray(array.double()) for array in arrays])
    spacing = 2.0 ** (np.floor(np.log2(np.abs(exact))) - digits)
    assert (np.abs(rows - exact) <= 0.5 * spacing + 2e-6).all()


@given(SEEDS, LIBRARIES, CUTS, st.floats(0, 1), st.sampled_from(CACHES))
def test_any_split_equals_one_pass_where_a_mask_hides_more(
    seed: int, library: Any, cuts: list[int], share: float, kind: Any
) -> None:
    arrays = inputs(seed)
    mask = np.random.default_rng(seed + 1).random((BATCH, 1, N, N)) < share
    own, cache = [library(array) for array in arrays], empty(library(arrays[0]), kind)
    found = [
        np.asarray(
            cached_attention(
                *(array[..., piece, :] for array in own),
                cache,
                attn_mask=library(mask[..., piece, : piece.stop]),
            )
        )
        for piece in chunks(cuts)
    ]
    close(np.concatenate(found, axis=-2), at_once(arrays, mask))


@given(SEEDS, LIBRARIES, CUTS, st.integers(1, N + 2), OPTIONS)
def test_a_sliding_window_equals_full_attention_with_its_mask(
    seed: int, library: Any, cuts: list[int], window: int, options: dict[str, Any]
) -> None:
    arrays = inputs(seed)
    own = [library(array) for array in arrays]
    cache = empty(own[0], SlidingWindowKVCache, window)
    found = in_chunks(own, cache, cuts, **made(library, options))
    close(found, at_once(arrays, sliding_window_mask(N, N, window), **options))


@given(SEEDS, LIBRARIES, CUTS, st.integers(1, N + 2))
def test_numbers_may_be_added_to_the_scores(
    seed: int, library: Any, cuts: list[int], window: int
) -> None:
    arrays = inputs(seed)
    bias = alibi_bias(N_HEADS, N, N)
    for kind, seen in ((KVCache, None), (SlidingWindowKVCache, sliding_window_mask(N, N, window))):
        cache, found = empty(library(arrays[0]), kind, window if seen is not None else N), []
        for piece in chunks(cuts):
            first = max(0, piece.start - (window - 1)) if seen is not None else 0
            added = library(bias[:, piece, first : piece.stop])
            rows = (library(array[..., piece, :]) for array in arrays)
            found.append(np.asarray(cached_attention(*rows, cache, attn_mask=added)))
        whole = bias if seen is None else np.where(seen, bias, -np.inf)
        close(np.concatenate(found, axis=-2), at_once(arrays, whole))


@given(SEEDS, CUTS, st.integers(1, N + 2))
def test_a_window_takes_a_mask_over_the_keys_that_it_reads(
    seed: int, cuts: list[int], window: int
) -> None:
    arrays = inputs(seed)
    mask = np.random.default_rng(seed + 1).random((N, N)) < 0.5
    cache = empty(arrays[0], SlidingWindowKVCache, window)
    found = []
    for piece in chunks(cuts):
        read = slice(max(0, piece.start - (window - 1)), piece.stop)
        rows = (array[..., piece, :] for array in arrays)
        found.append(cached_attention(*rows, cache, attn_mask=mask[piece, read]))
    expected = at_once(arrays, mask & sliding_window_mask(N, N, window))
    close(np.concatenate(found, axis=-2), expected)


@given(SEEDS, CUTS, st.integers(1, N))
def test_a_sliding_window_equals_its_mask_in_single_precision(
    seed: int, cuts: list[int], window: int
) -> None:
    arrays = inputs(seed, dtype="float32")
    found = in_chunks(arrays, empty(arrays[0], SlidingWindowKVCache, window), cuts)
    assert found.dtype == np.float32
    close(found, at_once(arrays, sliding_window_mask(N, N, window)), 2e-6)


@given(SEEDS, CUTS, st.integers(1, N + 2))
def test_a_sliding_window_keeps_the_last_tokens_oldest_first(
    seed: int, cuts: list[int], window: int
) -> None:
    _, keys, values = inputs(seed)
    cache = empty(keys, SlidingWindowKVCache, window)
    for piece in chunks(cuts):
        cache.append(keys[..., piece, :], values[..., piece, :])
        kept = slice(max(0, piece.stop - window), piece.stop)
        np.testing.assert_array_equal(cache.keys, keys[..., kept, :])
        np.testing.assert_array_equal(cache.values, values[..., kept, :])
        assert (cache.length, cache.capacity) == (piece.stop, window)


@pytest.mark.parametrize("window", [None, 1, 5])
def test_an_update_returns_what_the_new_tokens_read(make: Make, window: int | None) -> None:
    _, keys, values = inputs()
    cache = empty(make(keys))
    if window is not None:
        cache = empty(make(keys), SlidingWindowKVCache, window)
    for piece in chunks([3, 4, 4, 11]):
        n_past = piece.start if window is None else min(piece.start, window - 1)
        assert cache.n_past == n_past
        new = (make(array[..., piece, :]) for array in (keys, values))
        read_keys, read_values, visible = cache.update(*new)
        read = range(piece.start - n_past, piece.stop)
        np.testing.assert_array_equal(np.asarray(read_keys), keys[..., read, :])
        np.testing.assert_array_equal(np.asarray(read_values), values[..., read, :])
        assert cache.length == piece.stop
        if window is None:
            assert visible is None
        else:
            rows = range(piece.start, piece.stop)
            expected = [[i - window < j <= i for j in read] for i in rows]
            assert np.asarray(visible).tolist() == expected


@pytest.mark.parametrize("kind", CACHES)
@pytest.mark.parametrize("anything", [math.nan, math.inf, -math.inf, 1e300])
@pytest.mark.parametrize("length", [0, 1, 5])
def test_what_lies_beyond_the_length_changes_no_bit(
    make: Make, kind: Any, anything: float, length: int
) -> None:
    arrays = [make(array) for array in inputs()]
    clean, filled = empty(arrays[0], kind), empty(arrays[0], kind)
    for cache in (clean, filled):
        in_chunks([array[..., : length + 3, :] for array in arrays], cache, [2])
        cache.truncate(length)  # so that old numbers lie there, too
    filled._keys[..., length:, :] = anything
    filled._values[..., length:, :] = anything
    rest = [array[..., length:, :] for array in arrays]
    found = [in_chunks(rest, cache, [1, 4]) for cache in (clean, filled)]
    assert found[0].tobytes() == found[1].tobytes()
    assert np.isfinite(found[0]).all()
    close(found[0], at_once(inputs())[..., length:, :])


@pytest.mark.parametrize("kind", CACHES)
@pytest.mark.parametrize("length", range(8))
def test_after_truncating_a_cache_is_as_if_the_rest_had_never_been(
    make: Make, kind: Any, length: int
) -> None:
    first, other = inputs(1, 7), inputs(2, 5)
    cache = empty(make(first[0]), kind)
    in_chunks([make(array) for array in first], cache, [3])
    cache.truncate(length)
    found = in_chunks([make(array) for array in other], cache, [1])
    kept = [np.concatenate([a[..., :length, :], b], -2) for a, b in zip(first, other, strict=True)]
    close(found, at_once(kept)[..., length:, :])
    np.testing.assert_array_equal(np.asarray(cache.keys), kept[1])


@pytest.mark.parametrize("window", [1, 2, 5])
def test_a_window_that_overflowed_and_was_emptied_starts_anew(make: Make, window: int) -> None:
    arrays = inputs()
    own = [make(array) for array in arrays]
    cache = empty(own[0], SlidingWindowKVCache, window)
    in_chunks(own, cache, [4])
    cache.truncate(0)
    assert tuple(cache.keys.shape) == (BATCH, N_KV, 0, D_K)
    found = in_chunks(own, cache, [2, 3])
    close(found, at_once(arrays, sliding_window_mask(N, N, window)))


@pytest.mark.parametrize("kind", CACHES)
def test_two_caches_never_share_memory_nor_does_one_with_what_came(make: Make, kind: Any) -> None:
    query, key, value = (make(array) for array in inputs())
    one, two = empty(query, kind), empty(query, kind)
    one.append(key, value)
    before = everything(one), everything(two)
    tables = [one._keys, one._values, two._keys, two._values, query, key, value]
    views = [np.asarray(table) for table in tables]
    for i, view in enumerate(views):
        for other in views[i + 1 :]:
            assert not np.shares_memory(view, other)
    key[...], value[...] = 0.0, 0.0
    assert (everything(one), everything(two)) == before
    two.append(key, value)
    assert everything(one) == before[0]


def test_keys_and_values_are_views_that_cost_no_memory() -> None:
    for library in (np.asarray, to_torch):
        query, key, value = (library(array) for array in inputs())
        cache = empty(query)
        cache.append(key, value)
        for view, table in ((cache.keys, cache._keys), (cache.values, cache._values)):
            assert np.shares_memory(np.asarray(view), np.asarray(table))
            assert tuple(view.shape[-2:]) == (N, table.shape[-1])


def test_the_memory_of_a_window_is_constant(make: Make) -> None:
    arrays = [make(array) for array in inputs(n=31)]
    cache = empty(arrays[0], SlidingWindowKVCache, 3)
    places = np.asarray(cache._keys).ctypes.data, np.asarray(cache._values).ctypes.data
    size = cache.nbytes
    for token in range(31):
        cached_attention(*(array[..., token : token + 1, :] for array in arrays), cache)
        found = np.asarray(cache._keys).ctypes.data, np.asarray(cache._values).ctypes.data
        assert found == places
        assert cache.nbytes == size == BATCH * N_KV * 3 * (D_K + D_V) * 8
        assert tuple(cache._keys.shape) == (BATCH, N_KV, 3, D_K)


@pytest.mark.parametrize("kind", CACHES)
@pytest.mark.parametrize(("dtype", "size"), [("float64", 8), ("float32", 4)])
def test_nbytes_are_those_of_the_arrays(make: Make, kind: Any, dtype: str, size: int) -> None:
    cache = empty(make([1.0], dtype), kind)
    expected = BATCH * N_KV * CAPACITY * (D_K + D_V) * size
    assert cache.nbytes == expected
    assert np.asarray(cache._keys).nbytes + np.asarray(cache._values).nbytes == expected
    cache.append(*(make(array, dtype) for array in inputs()[1:]))
    assert cache.nbytes == expected  # what is reserved, full or not


def test_nbytes_of_a_token_of_gpt_2_small() -> None:
    for like in (np.ones(1, "float16"), torch.ones(1).bfloat16()):
        cache = KVCache.empty((12,), 12, 1, 64, 64, like=like)  # 12 layers as a batch
        assert cache.nbytes == 36_864


# Oracles


def test_one_decoding_step_agrees_with_pytorch() -> None:
    query, key, value = (torch.from_numpy(array) for array in inputs())
    cache = empty(query)
    cache.append(key[..., :-1, :], value[..., :-1, :])
    newest = [array[..., -1:, :] for array in (query, key, value)]
    found = cached_attention(*newest, cache)
    with torch.nn.attention.sdpa_kernel(torch.nn.attention.SDPBackend.MATH):
        theirs = torch.nn.functional.scaled_dot_product_attention(
            newest[0], key, value, enable_gqa=True
        )
    close(found, theirs)


def test_is_causal_without_the_offset_is_another_function() -> None:
    # The mistake of the chapter: the newest query is taken for the first.
    query, key, value = inputs()
    wrong = at_once([query[..., -1:, :], key, value])
    right = at_once([query, key, value])[..., -1:, :]
    np.testing.assert_allclose(wrong, np.repeat(value[..., :1, :], 2, axis=1))
    assert np.abs(wrong - right).max() > 0.5


@given(SEEDS, CUTS, st.sampled_from([4, 5]))
def test_a_window_agrees_with_loops(seed: int, cuts: list[int], window: int) -> None:
    query, key, value = (array[0] for array in inputs(seed))
    cache = SlidingWindowKVCache.empty((), N_KV, window, D_K, D_V, like=query)
    found = in_chunks([query, key, value], cache, cuts)
    for head in range(N_HEADS):
        k, v = (table[head * N_KV // N_HEADS] for table in (key, value))
        for i in range(N):
            seen = range(max(0, i - window + 1), i + 1)
            power = [math.exp(sum(query[head, i] * k[j]) / math.sqrt(D_K)) for j in seen]
            mixed = sum(p * v[j] for p, j in zip(power, seen, strict=True)) / math.fsum(power)
            np.testing.assert_allclose(found[head, i], mixed, rtol=0, atol=1e-12)


# Edges


@pytest.mark.parametrize("kind", CACHES)
@pytest.mark.parametrize("batch", [(), (2,), (2, 3)])
def test_any_number_of_batch_axes_will_do(make: Make, kind: Any, batch: tuple[int, ...]) -> None:
    rng = np.random.default_rng(3)
    shapes = (2, 5, D_K), (1, 5, D_K), (1, 5, D_V)
    arrays = [rng.standard_normal((*batch, *shape)) for shape in shapes]
    own = [make(array) for array in arrays]
    cache = kind.empty(batch, 1, 5, D_K, D_V, like=own[0])
    assert isinstance(cache, kind)
    close(in_chunks(own, cache, [2]), at_once(arrays))


@pytest.mark.parametrize("kind", CACHES)
def test_appending_no_token_changes_nothing(make: Make, kind: Any) -> None:
    query, key, value = (make(array) for array in inputs())
    cache = empty(query, kind)
    nothing = [array[..., :0, :] for array in (query, key, value)]
    assert tuple(cached_attention(*nothing, cache).shape) == (BATCH, N_HEADS, 0, D_V)
    cache.append(key, value)
    before = everything(cache)
    cache.append(*nothing[1:])
    assert tuple(cached_attention(*nothing, cache).shape) == (BATCH, N_HEADS, 0, D_V)
    assert everything(cache) == before


def test_a_cache_may_be_filled_to_the_brim_emptied_and_filled_again(make: Make) -> None:
    arrays = [make(array) for array in inputs()]
    cache = empty(arrays[0], capacity=N)
    for _ in range(2):
        close(in_chunks(arrays, cache, [4]), at_once(inputs()))
        assert cache.length == cache.capacity == N
        cache.truncate(0)
        assert cache.length == 0
        assert tuple(cache.keys.shape) == (BATCH, N_KV, 0, D_K)
        assert tuple(cache.values.shape) == (BATCH, N_KV, 0, D_V)


@pytest.mark.parametrize("kind", CACHES)
def test_room_for_one_token_is_enough_for_one(make: Make, kind: Any) -> None:
    arrays = [make(array) for array in inputs(n=1)]
    cache = empty(arrays[0], kind, capacity=1)
    found = cached_attention(*arrays, cache)  # it sees itself alone
    close(found, np.repeat(inputs(n=1)[2], N_HEADS // N_KV, axis=1))


@pytest.mark.parametrize("kind", CACHES)
def test_a_row_that_sees_nothing_is_zero(make: Make, kind: Any) -> None:
    arrays = [make(array) for array in inputs()]
    hidden = make(np.zeros((N, N)), "bool")
    found = np.asarray(cached_attention(*arrays, empty(arrays[0], kind), attn_mask=hidden))
    assert (found == 0).all()


@pytest.mark.parametrize("kind", CACHES)
def test_integers_of_numpy_are_integers(make: Make, kind: Any) -> None:
    like, two = make([1.0]), np.int64(2)
    cache = kind.empty((two,), two, two, two, two, like=like)
    rows = make(np.ones((2, 2, 2, 2)))
    cache.append(rows, rows)
    cache.truncate(np.int64(1))
    assert cache.length == 1
    assert type(cache.length) is int


@pytest.mark.parametrize("kind", CACHES)
def test_strided_transposed_and_read_only_keys_are_as_good(kind: Any) -> None:
    _, key, value = inputs()
    turned = np.ascontiguousarray(key.mT).mT
    turned.flags.writeable = False
    backwards = np.ascontiguousarray(value[..., ::-1, :])[..., ::-1, :]
    cache = empty(key, kind)
    cache.append(turned, backwards)
    np.testing.assert_array_equal(cache.keys, key)
    np.testing.assert_array_equal(cache.values, value)


@pytest.mark.parametrize("kind", CACHES)
def test_inputs_are_never_changed(make: Make, kind: Any) -> None:
    arrays = [make(array) for array in inputs()]
    mask = make(np.tri(N), "bool")
    cached_attention(*arrays, empty(arrays[0], kind), attn_mask=mask)
    for array, drawn in zip([*arrays, mask], [*inputs(), np.tri(N) > 0], strict=True):
        np.testing.assert_array_equal(np.asarray(array), drawn)


@pytest.mark.parametrize("kind", CACHES)
def test_no_gradient_flows_through_a_cache(kind: Any) -> None:
    query, key, value = (torch.from_numpy(array).requires_grad_() for array in inputs())
    cache = empty(query, kind)
    output = cached_attention(query, key, value, cache)
    for table in (cache._keys, cache._values, cache.keys, cache.values):
        assert not table.requires_grad
    output.sum().backward()
    assert query.grad is not None
    assert key.grad is None
    assert value.grad is None


# Errors: what was refused has written nothing.


def wrong_calls(make: Make) -> dict[str, tuple[Any, Any, type[Exception], str]]:
    """Return keys and values that do not fit, the error, and how its text starts."""
    _, key, value = (make(array) for array in inputs(n=2))

    def shaped(*shape: int) -> Any:
        return make(np.ones(shape))

    form = "must be (*batch, n_kv_heads, n_new, d) as the cache, (2, 3, n_new, "
    of_keys, of_values = f"key {form}5); got ", f"value {form}7); got "
    one_length = "key and value must have the same number n_new"
    one_dtype = "cache, key and value must have the same dtype"
    single = make(inputs(n=2)[1], "float32"), make(inputs(n=2)[2], "float32")
    whole = make(np.ones(tuple(key.shape)), "int64")
    return {
        "batch": (shaped(7, N_KV, 2, D_K), value, ValueError, of_keys + "(7, 3, 2, 5)"),
        "a batch of one": (shaped(1, N_KV, 2, D_K), value, ValueError, of_keys + "(1, 3, 2, 5)"),
        "no batch": (shaped(N_KV, 2, D_K), value, ValueError, of_keys + "(3, 2, 5)"),
        "more batch": (key, shaped(1, 2, 3, 2, 7), ValueError, of_values + "(1, 2, 3, 2, 7)"),
        "heads": (key, shaped(BATCH, 1, 2, D_V), ValueError, of_values + "(2, 1, 2, 7)"),
        "width of keys": (shaped(BATCH, N_KV, 2, D_V), value, ValueError, of_keys + "(2, 3, 2, 7)"),
        "width of values": (key, shaped(BATCH, N_KV, 2, 1), ValueError, of_values + "(2, 3, 2, 1)"),
        "a number": (make(1.0), value, ValueError, of_keys + "()"),
        "lengths": (key, shaped(BATCH, N_KV, 3, D_V), ValueError,
            f"{one_length}; got key (2, 3, 2, 5), value (2, 3, 3, 7)"),
        "dtype of keys": (single[0], value, TypeError, f"{one_dtype}; got"),
        "dtype of values": (key, single[1], TypeError, f"{one_dtype}; got"),
        "dtype of both": (*single, TypeError,
            f"{one_dtype}; got cache float64, key float32, value float32"),
        "integers": (whole, value, TypeError, "key must have a real floating dtype; got int64"),
        "a list": ([[1.0]], value, TypeError, "key must be an array of NumPy, PyTorch or another"),
        "nothing": (key, None, TypeError, "value must be an array of NumPy, PyTorch or another"),
    }  # fmt: skip


WRONG = list(wrong_calls(lambda values, dtype="float64": np.asarray(values, dtype)))


@pytest.mark.parametrize("kind", CACHES)
@pytest.mark.parametrize("name", WRONG)
def test_what_does_not_fit_is_refused_before_anything_is_written(
    make: Make, kind: Any, name: str
) -> None:
    query, *past = (make(array) for array in inputs(n=4))
    cache = empty(query, kind)
    cache.append(*past)
    before = everything(cache)
    key, value, error, message = wrong_calls(make)[name]
    newest = make(inputs(n=2)[0])
    for call in (cache.append, cache.update):
        with pytest.raises(error, match="^" + re.escape(message)):
            call(key, value)
        assert everything(cache) == before
    with pytest.raises(error, match=r"key|value"):
        cached_attention(newest, key, value, cache)
    assert everything(cache) == before


@pytest.mark.parametrize("n_new", [3, 4, 100])
@pytest.mark.parametrize("length", [0, 15])
def test_more_tokens_than_there_is_room_for_are_refused(
    make: Make, length: int, n_new: int
) -> None:
    arrays = [make(array) for array in inputs(n=length + n_new)]
    cache = empty(arrays[0], capacity=length + 2)
    cache.append(*(array[..., :length, :] for array in arrays[1:]))
    before = everything(cache)
    rest = [array[..., length:, :] for array in arrays]
    message = re.escape(
        f"length + n_new must be at most the capacity, {length + 2}; "
        f"got length {length}, n_new {n_new}"
    )
    for call in (lambda: cache.append(*rest[1:]), lambda: cached_attention(*rest, cache)):
        with pytest.raises(ValueError, match=f"^{message}$"):
            call()
        assert everything(cache) == before
    cache.append(*(array[..., :2, :] for array in rest[1:]))  # and there is still room for these
    assert cache.length == cache.capacity


@pytest.mark.parametrize("kind", CACHES)
def test_another_library_is_refused(make: Make, kind: Any) -> None:
    query, key, value = (make(array) for array in inputs())
    cache = empty(query, kind)
    before = everything(cache)
    for library in (np.asarray, to_torch, array_api_strict.asarray):
        others, mask = [library(array) for array in inputs()], library(np.tri(N) > 0)
        if type(others[0]) is type(query):
            continue
        for call in (
            lambda others=others: cache.append(others[1], value),
            lambda others=others: cache.append(key, others[2]),
            lambda others=others: cache.append(*others[1:]),
            lambda others=others: cached_attention(*others, cache),
            lambda others=others: cached_attention(others[0], key, value, cache),
            lambda mask=mask: cached_attention(query, key, value, cache, attn_mask=mask),
        ):
            with pytest.raises(TypeError, match="must have the same array library; got"):
                call()
            assert everything(cache) == before


@pytest.mark.parametrize("kind", CACHES)
@pytest.mark.parametrize("library", ["torch", "strict"])
def test_another_device_is_refused(library: str, kind: Any) -> None:
    if library == "torch":
        own = [torch.from_numpy(array) for array in inputs()]
        others = [array.to("meta") for array in own]
    else:
        second = array_api_strict.Device("device1")
        own = [array_api_strict.asarray(array) for array in inputs()]
        others = [array.to_device(second) for array in own]
    cache = empty(own[0], kind)
    before = everything(cache)
    for call in (
        lambda: cache.append(others[1], own[2]),
        lambda: cache.append(own[1], others[2]),
        lambda: cached_attention(others[0], own[1], own[2], cache),
        lambda: cached_attention(*others, cache),
        lambda: cached_attention(*own, cache, attn_mask=others[0][0, 0, :, :1] > 0),
    ):
        with pytest.raises(TypeError, match="must have the same device; got"):
            call()
        assert everything(cache) == before


def test_a_cache_lies_where_its_array_lies() -> None:
    second = array_api_strict.Device("device1")
    like = array_api_strict.ones(1, dtype=array_api_strict.float32, device=second)
    cache = empty(like, SlidingWindowKVCache, 3)
    assert cache.keys.device == cache.values.device == second
    assert cache.keys.dtype == like.dtype
    arrays = [array_api_strict.asarray(a, device=second) for a in inputs(dtype="float32")]
    for token in range(5):
        found = cached_attention(*(a[..., token : token + 1, :] for a in arrays), cache)
        assert found.device == second
        assert found.dtype == like.dtype
    assert empty(torch.ones(1, device="meta")).keys.device.type == "meta"


@pytest.mark.parametrize("kind", CACHES)
@pytest.mark.parametrize("length", [-1, 5, 100])
def test_a_length_that_is_negative_or_too_large_is_refused(
    make: Make, kind: Any, length: int
) -> None:
    arrays = [make(array) for array in inputs(n=4)]
    cache = empty(arrays[0], kind)
    cache.append(*arrays[1:])
    before = everything(cache)
    message = f"length must be from 0 to the length so far, 4; got {length}"
    with pytest.raises(ValueError, match=f"^{message}$"):
        cache.truncate(length)
    assert everything(cache) == before


@pytest.mark.parametrize("kind", CACHES)
@pytest.mark.parametrize("length", [2.0, None, "two", (2,)])
def test_a_length_that_is_no_integer_is_refused(make: Make, kind: Any, length: Any) -> None:
    arrays = [make(array) for array in inputs(n=4)]
    cache = empty(arrays[0], kind)
    cache.append(*arrays[1:])
    message = f"length must be an integer; got {type(length).__name__}"
    with pytest.raises(TypeError, match=f"^{message}$"):
        cache.truncate(length)
    assert cache.length == 4


@pytest.mark.parametrize("length", [1, 2, 3, 4, 5])
def test_a_window_cannot_go_back_to_keys_that_were_overwritten(make: Make, length: int) -> None:
    arrays = [make(array) for array in inputs(n=6)]
    cache = empty(arrays[0], SlidingWindowKVCache, 3)
    cache.append(*arrays[1:])
    before = everything(cache)
    with pytest.raises(ValueError, match=f"were overwritten; got {length}$"):
        cache.truncate(length)
    assert everything(cache) == before
    cache.truncate(6)  # nothing is forgotten
    assert everything(cache) == before


@pytest.mark.parametrize("kind", CACHES)
def test_a_query_that_does_not_fit_is_refused_before_anything_is_written(
    make: Make, kind: Any
) -> None:
    query, key, value = (make(array) for array in inputs(n=2))
    cache = empty(query, kind)
    cache.append(key, value)
    before = everything(cache)

    def ones(*shape: int) -> Any:
        return make(np.ones(shape))

    for wrong, message in (
        (ones(BATCH, N_HEADS, 2, D_V), "query and key must have the same width d_k; got query"),
        (ones(BATCH, 4, 2, D_K), "n_heads of query must be a multiple of n_kv_heads of key; got"),
        (ones(BATCH, N_HEADS, 3, D_K), "query and key must have the same batch axes and"),
        (ones(1, N_HEADS, 2, D_K), "query and key must have the same batch axes and"),
        (ones(7, N_HEADS, 2, D_K), "query, key and value must have batch axes that broadcast; got"),
        (ones(BATCH, 2, D_K), "n_heads of query must be a multiple of n_kv_heads of key; got"),
        (ones(2, D_K), "query must be (*batch, n_heads, n_q, d_k)"),
    ):
        with pytest.raises(ValueError, match="^" + re.escape(message)):
            cached_attention(wrong, key, value, cache)
        assert everything(cache) == before
    with pytest.raises(TypeError, match=r"^query, key and value must have the same dtype; got"):
        cached_attention(make(inputs(n=2)[0], "float32"), key, value, cache)
    assert everything(cache) == before


@pytest.mark.parametrize("kind", CACHES)
def test_options_that_mean_nothing_are_refused_before_anything_is_written(
    make: Make, kind: Any
) -> None:
    arrays = [make(array) for array in inputs(n=2)]
    cache = empty(arrays[0], kind)
    cache.append(*arrays[1:])
    before = everything(cache)
    for options, error, message in (
        ({"scale": math.nan}, ValueError, "scale must be a finite number; got nan"),
        ({"scale": "half"}, TypeError, "scale must be a finite number; got str"),
        ({"softcap": 0}, ValueError, "softcap must be a positive finite number; got 0"),
        ({"softcap": math.inf}, ValueError, "softcap must be a positive finite number; got inf"),
        ({"attn_mask": make(np.ones((2, 4)), "int64")}, TypeError, "attn_mask must be boolean or"),
        ({"attn_mask": make(np.full((2, 4), np.nan))}, ValueError, "attn_mask must be finite or"),
        ({"attn_mask": [[True]]}, TypeError, "attn_mask must be an array of NumPy"),
        ({"attn_mask": make(np.ones((2, 2)), "bool")}, ValueError, "attn_mask must broadcast to"),
        ({"attn_mask": make(np.ones((3, 4)), "bool")}, ValueError, "attn_mask must broadcast to"),
        ({"attn_mask": make(np.ones((1, 2, 6, 2, 4)), "bool")}, ValueError, "attn_mask must"),
        ({"sinks": make(np.ones(N_KV))}, ValueError, "sinks must be (n_heads,), (6,); got sinks"),
        ({"sinks": make(np.ones(N_HEADS), "float32")}, TypeError, "query and sinks must have the"),
    ):
        with pytest.raises(error, match="^" + re.escape(message)):
            cached_attention(*arrays, cache, **options)
        assert everything(cache) == before


@pytest.mark.parametrize("kind", CACHES)
@pytest.mark.parametrize("name", ["n_kv_heads", "capacity", "d_k", "d_v", "batch_shape[1]"])
def test_sizes_are_at_least_one_and_integers(make: Make, kind: Any, name: str) -> None:
    for size, error in ((0, ValueError), (-1, ValueError), (2.0, TypeError), (None, TypeError)):
        sizes: dict[str, Any] = {"n_kv_heads": 2, "capacity": 3, "d_k": 5, "d_v": 7}
        batch: tuple[Any, ...] = (11, 13)
        if name in sizes:
            sizes[name] = size
        else:
            batch = (11, size)
        came = type(size).__name__ if error is TypeError else size
        with pytest.raises(error, match=rf"^{re.escape(name)} must be .*; got {came}$"):
            kind.empty(batch, **sizes, like=make([1.0]))


@pytest.mark.parametrize("kind", CACHES)
def test_a_cache_of_integers_is_refused(make: Make, kind: Any) -> None:
    with pytest.raises(TypeError, match=r"^like must have a real floating dtype; got int64$"):
        empty(make([1], "int64"), kind)
    with pytest.raises(TypeError, match=r"^like must be an array of NumPy, PyTorch or another"):
        empty(None, kind)


SIZES = {"n_heads": N_HEADS, "n_kv_heads": N_KV, "d_k": D_K, "d_v": D_V}


def counted_by_loops(n_new: int, n_past: int) -> AttentionCost:
    """Count one operation and one number at a time."""
    flops = read = written = 0
    for _ in range(N_HEADS):
        for i in range(n_new):
            for j in range(n_past + n_new):
                if j <= n_past + i:
                    flops += 2 * D_K  # a score: products, and their sum
                    flops += 2 * D_V  # a share of the mixture
    for _ in range(N_KV):
        for _ in range(n_past):
            read += D_K + D_V
        for _ in range(n_new):
            written += D_K + D_V
    return AttentionCost(flops, read, written)


@pytest.mark.parametrize(("n_new", "n_past"), [(1, 0), (1, 11), (5, 0), (5, 7), (0, 3)])
def test_what_a_call_takes_is_what_loops_count(n_new: int, n_past: int) -> None:
    assert cached_attention_cost(n_new, n_past, **SIZES) == counted_by_loops(n_new, n_past)


@given(CUTS)
def test_however_a_text_is_cut_flops_and_what_is_written_are_the_same(cuts: list[int]) -> None:
    costs = [
        cached_attention_cost(new.stop - new.start, new.start, **SIZES) for new in chunks(cuts)
    ]
    whole = cached_attention_cost(N, 0, **SIZES)
    assert sum(cost.flops for cost in costs) == whole.flops
    assert sum(cost.numbers_written for cost in costs) == whole.numbers_written


def test_what_is_written_fills_a_cache() -> None:
    cache = empty(np.ones(1, np.float32), capacity=N)
    cost = cached_attention_cost(N, 0, **SIZES)
    assert 4 * BATCH * cost.numbers_written == cache.nbytes


def test_shared_keys_are_read_less_often_but_take_the_same_flops() -> None:
    shared, own = (
        cached_attention_cost(2, 11, **{**SIZES, "n_kv_heads": n}) for n in (N_KV, N_HEADS)
    )
    assert own.flops == shared.flops
    assert own.numbers_read * N_KV == shared.numbers_read * N_HEADS


@pytest.mark.parametrize(
    ("wrong", "error", "message"),
    [
        ({"n_heads": 7}, ValueError, "n_heads must be a multiple of n_kv_heads; got 7 and 3"),
        ({"n_past": -1}, ValueError, "n_past must be at least 0; got -1"),
        ({"n_new": -2}, ValueError, "n_new must be at least 0; got -2"),
        ({"n_kv_heads": 0}, ValueError, "n_kv_heads must be at least 1; got 0"),
        ({"d_k": 0}, ValueError, "d_k must be at least 1; got 0"),
        ({"d_v": 2.5}, TypeError, "d_v"),
    ],
)
def test_counts_that_mean_nothing_are_refused(
    wrong: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=re.escape(message)):
        cached_attention_cost(**{"n_new": 1, "n_past": 2, **SIZES, **wrong})
