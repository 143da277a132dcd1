"""scaled_dot_product_attention and attention_steps: laws, oracles, accuracy, edges.

What they refuse is tested in test_attention_errors.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attention import attention_steps, scaled_dot_product_attention
from oracles import attention_by_loops

torch = pytest.importorskip("torch", reason="torch is an extra; `make test` installs it")
fused = torch.nn.functional.scaled_dot_product_attention

Make = Callable[..., Any]
N_Q, N_K, D_K, D_V = 3, 5, 7, 11

SEEDS = st.integers(0, 2**32 - 1)
LIBRARIES = st.sampled_from([np.asarray, torch.from_numpy])
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


def mask_of(seed: int, *, n_q: int = N_Q, n_k: int = N_K, share: float = 0.6) -> np.ndarray:
    """Draw a boolean mask; some of its rows are all False."""
    return np.random.default_rng(seed + 1).random((n_q, n_k)) < share


def run(library: Callable[..., Any], *arrays: Any, **options: Any) -> np.ndarray:
    """Attend with arrays of one library; answer as NumPy."""
    return np.asarray(scaled_dot_product_attention(*map(library, arrays), **options))


def close(found: Any, expected: Any, atol: float = 1e-12) -> None:
    np.testing.assert_allclose(np.asarray(found), np.asarray(expected), rtol=0, atol=atol)


# Laws


@given(SEEDS, LIBRARIES, OPTIONS, st.permutations(range(N_K)))
def test_reordering_keys_with_their_values_changes_nothing(
    seed: int, library: Any, options: dict[str, Any], order: list[int]
) -> None:
    query, key, value = inputs(seed)
    mask = mask_of(seed)
    options.pop("is_causal", None)  # it is about order
    found = run(library, query, key[order], value[order], mask[:, order], **options)
    close(found, run(library, query, key, value, mask, **options))


@given(SEEDS, LIBRARIES, OPTIONS, st.permutations(range(N_Q)))
def test_reordering_queries_reorders_the_rows(
    seed: int, library: Any, options: dict[str, Any], order: list[int]
) -> None:
    query, key, value = inputs(seed)
    mask = mask_of(seed)
    options.pop("is_causal", None)
    found = run(library, query[order], key, value, mask[order], **options)
    close(found, run(library, query, key, value, mask, **options)[order])


@given(SEEDS, LIBRARIES, st.permutations(range(N_K)))
def test_attention_does_not_see_the_order_of_its_tokens(
    seed: int, library: Any, order: list[int]
) -> None:
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((N_K, D_K))
    W_q, W_k, W_v = rng.standard_normal((3, D_K, D_K)) / math.sqrt(D_K)

    def attend(tokens: np.ndarray) -> np.ndarray:
        return run(library, tokens @ W_q, tokens @ W_k, tokens @ W_v)

    close(attend(X[order]), attend(X)[order])


@given(SEEDS, LIBRARIES, OPTIONS, st.lists(st.floats(-100, 100), min_size=N_Q, max_size=N_Q))
def test_shifting_all_scores_of_a_row_changes_no_weight(
    seed: int, library: Any, options: dict[str, Any], shifts: list[float]
) -> None:
    query, key, value = inputs(seed)
    by_row = np.zeros((N_Q, N_K)) + np.array(shifts)[:, None]
    found = run(library, query, key, value, by_row, **options)
    close(found, run(library, query, key, value, **options), 1e-11)  # scores of 100 are coarser


@given(SEEDS, LIBRARIES, OPTIONS, st.floats(0, 1))
def test_the_weights_of_a_row_add_up_to_one_or_zero(
    seed: int, library: Any, options: dict[str, Any], share: float
) -> None:
    arrays = (*inputs(seed), mask_of(seed, share=share))
    steps = attention_steps(*map(library, arrays), **options)
    visible = np.isfinite(np.asarray(steps.masked)).any(axis=-1)
    weights = np.asarray(steps.weights)
    assert (weights >= 0).all()
    close(weights.sum(axis=-1), visible.astype(float))


@given(SEEDS, LIBRARIES, OPTIONS, st.floats(0, 1))
def test_the_output_lies_between_the_visible_values(
    seed: int, library: Any, options: dict[str, Any], share: float
) -> None:
    query, key, value = inputs(seed)
    steps = attention_steps(
        *map(library, (query, key, value, mask_of(seed, share=share))), **options
    )
    masked, output = np.asarray(steps.masked), np.asarray(steps.output)
    for row, mixed in zip(masked, output, strict=True):
        visible = value[np.isfinite(row)]
        if len(visible) == 0:
            assert (mixed == 0).all()
            continue
        assert (mixed >= visible.min(axis=0) - 1e-12).all()
        assert (mixed <= visible.max(axis=0) + 1e-12).all()


@given(SEEDS, LIBRARIES, OPTIONS, st.integers(0, N_K - 1), st.floats(-1e300, 1e300))
def test_a_hidden_key_and_its_value_do_not_matter(
    seed: int, library: Any, options: dict[str, Any], hidden: int, anything: float
) -> None:
    query, key, value = inputs(seed)
    mask = mask_of(seed)
    mask[:, hidden] = False
    other_key, other_value = key.copy(), value.copy()
    other_key[hidden], other_value[hidden] = -key[hidden], anything
    found = run(library, query, other_key, other_value, mask, **options)
    close(found, run(library, query, key, value, mask, **options))


@given(SEEDS, LIBRARIES, OPTIONS, st.integers(0, 13))
def test_queries_may_be_split_into_chunks(
    seed: int, library: Any, options: dict[str, Any], cut: int
) -> None:
    query, key, value = inputs(seed, n_q=13)
    mask = mask_of(seed, n_q=13)
    offset = options.pop("offset", 0)
    parts = [
        run(library, query[:cut], key, value, mask[:cut], offset=offset, **options),
        run(library, query[cut:], key, value, mask[cut:], offset=offset + cut, **options),
    ]
    whole = run(library, query, key, value, mask, offset=offset, **options)
    close(np.concatenate(parts), whole)


@given(SEEDS, LIBRARIES, st.floats(0.01, 100))
def test_a_longer_query_is_a_lower_temperature(seed: int, library: Any, factor: float) -> None:
    query, key, value = inputs(seed)
    found = run(library, factor * query, key, value)
    close(found, run(library, query, key, value, scale=factor / math.sqrt(D_K)), 1e-11)


@given(SEEDS, LIBRARIES, st.integers(1, 12))
def test_no_later_token_changes_an_earlier_output(seed: int, library: Any, cut: int) -> None:
    query, key, value = inputs(seed, n_q=13, n_k=13)
    whole = run(library, query, key, value, is_causal=True)
    found = run(library, query[:cut], key[:cut], value[:cut], is_causal=True)
    close(found, whole[:cut])


# Oracles


@given(SEEDS, LIBRARIES, OPTIONS)
def test_it_agrees_with_loops(seed: int, library: Any, options: dict[str, Any]) -> None:
    arrays = (*inputs(seed), mask_of(seed))
    close(run(library, *arrays, **options), attention_by_loops(*arrays, **options)[0])


@given(SEEDS, LIBRARIES, OPTIONS)
def test_a_floating_mask_agrees_with_loops(
    seed: int, library: Any, options: dict[str, Any]
) -> None:
    bias = np.random.default_rng(seed + 2).standard_normal((N_Q, N_K))
    arrays = (*inputs(seed), np.where(mask_of(seed), bias, -np.inf))
    close(run(library, *arrays, **options), attention_by_loops(*arrays, **options)[0])


def test_every_library_agrees_with_loops(make: Make) -> None:
    arrays = (*inputs(1), mask_of(1))
    options: dict[str, Any] = {"is_causal": True, "offset": 1, "scale": 0.7, "softcap": 2.0}
    found = scaled_dot_product_attention(*map(make, arrays[:3]), make(arrays[3], "bool"), **options)
    close(found, attention_by_loops(*arrays, **options)[0])


@pytest.mark.parametrize(
    "options",
    [{}, {"is_causal": True}, {"scale": -0.3}, {"scale": 0.0}, {"mask": "bool"}, {"mask": "float"}],
    ids=str,
)
def test_it_agrees_with_the_function_of_that_name_in_torch(options: dict[str, Any]) -> None:
    query, key, value = map(torch.from_numpy, inputs(2, batch=(2, 13)))
    mask = torch.from_numpy(mask_of(2) | np.eye(N_Q, N_K, dtype=bool))  # no row sees nothing
    if (kind := options.get("mask")) is not None:
        bias = torch.from_numpy(np.random.default_rng(4).standard_normal((13, N_Q, N_K)))
        options = {"attn_mask": mask if kind == "bool" else bias}
    found = scaled_dot_product_attention(query, key, value, **options)
    with torch.nn.attention.sdpa_kernel(torch.nn.attention.SDPBackend.MATH):
        close(found, fused(query, key, value, **options))


def test_leading_axes_broadcast_like_copies(make: Make) -> None:
    rng = np.random.default_rng(5)
    query = rng.standard_normal((13, 1, N_Q, D_K))
    key = rng.standard_normal((2, N_K, D_K))
    value = rng.standard_normal((13, 1, N_K, D_V))
    mask = rng.random((2, 1, N_K)) < 0.5
    found = scaled_dot_product_attention(*map(make, (query, key, value)), make(mask, "bool"))
    assert tuple(found.shape) == (13, 2, N_Q, D_V)
    rows = np.zeros((N_Q, N_K), dtype=bool)
    expected = [
        [attention_by_loops(query[b, 0], key[h], value[b, 0], rows | mask[h])[0] for h in range(2)]
        for b in range(13)
    ]
    close(found, expected)


@pytest.mark.parametrize(("n_keys", "n_values"), [(2, 2), (3, 2), (1, 6), (6, 1)])
def test_query_heads_in_a_row_share_a_key_head(make: Make, n_keys: int, n_values: int) -> None:
    rng = np.random.default_rng(6)
    query = rng.standard_normal((13, 6, N_Q, D_K))
    key = rng.standard_normal((13, n_keys, N_K, D_K))
    value = rng.standard_normal((13, n_values, N_K, D_V))
    found = scaled_dot_product_attention(*map(make, (query, key, value)), enable_gqa=True)
    expected = [
        [
            attention_by_loops(
                query[b, h], key[b, h // (6 // n_keys)], value[b, h // (6 // n_values)]
            )[0]
            for h in range(6)
        ]
        for b in range(13)
    ]
    close(found, expected)


def test_shared_heads_agree_with_torch() -> None:
    shapes = (2, 6, N_Q, D_K), (2, 3, N_K, D_K), (2, 3, N_K, D_V)
    generator = torch.Generator().manual_seed(7)
    arrays = [torch.randn(s, dtype=torch.float64, generator=generator) for s in shapes]
    found = scaled_dot_product_attention(*arrays, enable_gqa=True)
    close(found, fused(*arrays, enable_gqa=True))


def test_the_steps_are_the_formula_read_from_left_to_right(make: Make) -> None:
    query, key, value = inputs(8)
    mask = mask_of(8)
    steps = attention_steps(
        *map(make, (query, key, value)), make(mask, "bool"), scale=0.5, softcap=3.0
    )
    scores = np.einsum("ic,jc->ij", query, key)
    masked = np.where(mask, 3 * np.tanh(scores / 6), -np.inf)
    close(steps.scores, scores)
    close(steps.scaled, scores / 2)
    np.testing.assert_allclose(np.asarray(steps.masked), masked, rtol=0, atol=1e-12)
    close(np.asarray(steps.weights) @ value, steps.output)
    assert steps._fields == ("scores", "scaled", "masked", "weights", "output")


# Accuracy


@pytest.mark.parametrize(("dtype", "bound"), [("float64", 1e-12), ("float32", 2e-6)])
def test_the_error_stays_within_its_bound(make: Make, dtype: str, bound: float) -> None:
    for seed in range(5):
        arrays = [a.astype(dtype) for a in inputs(seed, n_q=13, n_k=113)]
        for options in ({}, {"is_causal": True, "offset": 90}, {"softcap": 1.0}, {"scale": 1.0}):
            found = scaled_dot_product_attention(*(make(a, dtype) for a in arrays), **options)
            assert str(found.dtype).endswith(dtype)
            close(found, attention_by_loops(*arrays, **options)[0], bound)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16], ids=str)
@pytest.mark.parametrize(
    "options", [{}, {"is_causal": True}, {"scale": 1.0}, {"mask": True}], ids=str
)
def test_half_precision_errs_no_more_than_torch(dtype: Any, options: dict[str, Any]) -> None:
    ours, theirs = 0.0, 0.0
    for seed in range(5):
        arrays = [torch.from_numpy(a).to(dtype) for a in inputs(seed, n_q=113, n_k=113)]
        mask = torch.from_numpy(mask_of(seed, n_q=113, n_k=113)) if "mask" in options else None
        rest = {name: value for name, value in options.items() if name != "mask"}
        exact = scaled_dot_product_attention(*(a.double() for a in arrays), mask, **rest)
        found = scaled_dot_product_attention(*arrays, mask, **rest)
        assert found.dtype == dtype
        ours = max(ours, float((found - exact).abs().max()))
        theirs = max(theirs, float((fused(*arrays, attn_mask=mask, **rest) - exact).abs().max()))
    assert 0 < ours <= 1.25 * theirs


@pytest.mark.parametrize("size", [1e4, -1e4])
def test_huge_scores_give_the_answer_of_float64(make: Make, size: float) -> None:
    rng = np.random.default_rng(9)
    key = np.eye(N_K, D_K, dtype="float32")
    query = np.zeros((N_Q, D_K), dtype="float32")
    query[:, :N_K] = size + rng.integers(-3, 4, (N_Q, N_K))  # float32 holds these exactly
    value = rng.standard_normal((N_K, D_V)).astype("float32")
    arrays = [make(a, "float32") for a in (query, key, value)]
    found = scaled_dot_product_attention(*arrays, scale=1.0)
    close(found, attention_by_loops(query, key, value, scale=1.0)[0], 1e-6)


def test_scores_beyond_the_largest_half_stay_finite() -> None:
    for dtype in (torch.float16, torch.bfloat16):
        full = torch.full((N_K, D_K), 300.0, dtype=dtype)
        steps = attention_steps(full, full, full)
        assert float(steps.scores[0, 0]) == 300 * 300 * D_K  # half ends at 65,504
        assert torch.equal(steps.output, full)
    full = np.full((N_K, D_K), 300.0, dtype="float16")
    np.testing.assert_array_equal(scaled_dot_product_attention(full, full, full), full)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"is_causal": True},
        {"is_causal": True, "offset": 2},
        {"scale": -0.4},
        {"softcap": 0.8},
        {"mask": "some"},
        {"mask": "nothing visible"},
        {"mask": "some", "is_causal": True, "softcap": 1.5, "scale": 1.1, "offset": 1},
    ],
    ids=str,
)
def test_gradients_are_those_of_finite_differences(options: dict[str, Any]) -> None:
    arrays = [torch.from_numpy(a).requires_grad_() for a in inputs(10)]
    mask = torch.from_numpy(mask_of(10))
    mask[1] = False
    if options.get("mask") == "nothing visible":
        mask = torch.zeros_like(mask)
    rest = {name: value for name, value in options.items() if name != "mask"}
    shown = mask if "mask" in options else None
    assert torch.autograd.gradcheck(
        lambda *each: scaled_dot_product_attention(*each, shown, **rest), arrays
    )


def test_gradients_reach_a_floating_mask_and_shared_heads() -> None:
    rng = np.random.default_rng(11)
    shapes = (6, N_Q, D_K), (3, N_K, D_K), (2, N_K, D_V), (6, N_Q, N_K)
    arrays = [torch.from_numpy(rng.standard_normal(s)).requires_grad_() for s in shapes]
    assert torch.autograd.gradcheck(
        lambda *each: scaled_dot_product_attention(*each, enable_gqa=True), arrays
    )


# Edges


@pytest.mark.parametrize("kind", ["bool", "float"])
def test_a_query_that_sees_nothing_gets_zeros_and_gives_no_gradient(kind: str) -> None:
    arrays = [torch.from_numpy(a).requires_grad_() for a in inputs(12)]
    mask = torch.zeros(N_Q, N_K, dtype=torch.bool)
    if kind == "float":
        mask = torch.zeros(N_Q, N_K, dtype=torch.float64).fill_(-torch.inf)
    steps = attention_steps(*arrays, mask)
    assert (steps.weights == 0).all()
    assert (steps.output == 0).all()
    steps.output.sum().backward()
    for array in arrays:
        assert (array.grad == 0).all()


def test_one_row_that_sees_nothing_leaves_the_others_alone(make: Make) -> None:
    arrays = inputs(13)
    mask = np.ones((N_Q, N_K), dtype=bool)
    mask[1] = False
    found = np.asarray(scaled_dot_product_attention(*map(make, arrays), make(mask, "bool")))
    assert (found[1] == 0).all()
    close(found[[0, 2]], attention_by_loops(*arrays)[0][[0, 2]])


def test_masks_of_every_shape_that_broadcasts_hide_the_same(make: Make) -> None:
    arrays = [make(a) for a in inputs(14, batch=(2,))]
    row = np.array([True, False, True, True, False])
    expected = scaled_dot_product_attention(*arrays, make(np.ones((2, N_Q, 1)) * row > 0, "bool"))
    for shape in ((N_K,), (1, N_K), (1, 1, N_K)):
        found = scaled_dot_product_attention(*arrays, make(row.reshape(shape), "bool"))
        assert np.array_equal(np.asarray(found), np.asarray(expected))
    nothing = scaled_dot_product_attention(*arrays, make(False, "bool"))
    assert (np.asarray(nothing) == 0).all()


def test_a_mask_may_have_the_batch_axes_of_the_values(make: Make) -> None:
    query, key, _ = inputs(22)
    value = np.random.default_rng(22).standard_normal((2, N_K, D_V))
    mask = np.stack([mask_of(22), mask_of(23)])
    found = scaled_dot_product_attention(*map(make, (query, key, value)), make(mask, "bool"))
    close(
        found, [attention_by_loops(query, key, v, m)[0] for v, m in zip(value, mask, strict=True)]
    )


def test_a_mask_covers_shared_heads_one_by_one(make: Make) -> None:
    rng = np.random.default_rng(24)
    query, key = rng.standard_normal((6, N_Q, D_K)), rng.standard_normal((2, N_K, D_K))
    value, mask = rng.standard_normal((3, N_K, D_V)), rng.random((6, N_Q, N_K)) < 0.6
    found = scaled_dot_product_attention(
        *map(make, (query, key, value)), make(mask, "bool"), enable_gqa=True
    )
    close(
        found,
        [attention_by_loops(query[h], key[h // 3], value[h // 2], mask[h])[0] for h in range(6)],
    )


def test_the_first_query_sees_the_first_key_unless_told_otherwise(make: Make) -> None:
    for attend in (scaled_dot_product_attention, lambda *each, **o: attention_steps(*each, **o)[4]):
        query, key, value = inputs(25)
        found = attend(*map(make, (query, key, value)), is_causal=True)
        close(np.asarray(found)[0], value[0])


def test_a_mask_and_causality_both_apply(make: Make) -> None:
    arrays = inputs(15)
    mask = np.ones((N_Q, N_K), dtype=bool)
    mask[:, 1] = False
    steps = attention_steps(*map(make, arrays), make(mask, "bool"), is_causal=True, offset=1)
    assert (np.asarray(steps.weights) > 0).tolist() == [
        [True, False, False, False, False],
        [True, False, True, False, False],
        [True, False, True, True, False],
    ]


def test_a_decoder_says_how_many_tokens_are_past(make: Make) -> None:
    query, key, value = inputs(16, n_q=N_K)
    whole = scaled_dot_product_attention(*map(make, (query, key, value)), is_causal=True)
    last = [make(a) for a in (query[-1:], key, value)]
    newest = scaled_dot_product_attention(*last, is_causal=True, offset=N_K - 1)
    close(newest, np.asarray(whole)[-1:])
    blind = scaled_dot_product_attention(*last, is_causal=True)
    close(blind, value[:1])  # without it, the newest token sees the first key alone


@pytest.mark.parametrize(("n_q", "n_k"), [(0, N_K), (N_Q, 0), (0, 0), (1, 1)])
def test_there_may_be_no_query_or_no_key(make: Make, n_q: int, n_k: int) -> None:
    arrays = [make(np.ones((2, n, d))) for n, d in ((n_q, D_K), (n_k, D_K), (n_k, D_V))]
    mask = make(np.ones((n_q, n_k)), "bool")
    steps = attention_steps(*arrays, mask, is_causal=True, softcap=2.0)
    assert tuple(steps.weights.shape) == (2, n_q, n_k)
    assert tuple(steps.output.shape) == (2, n_q, D_V)
    assert (np.asarray(steps.output) == (1 if n_k else 0)).all()


def test_a_batch_may_be_empty(make: Make) -> None:
    arrays = [make(np.ones((2, n, d)))[:0, ...] for n, d in ((N_Q, D_K), (N_K, D_K), (N_K, D_V))]
    assert tuple(scaled_dot_product_attention(*arrays).shape) == (0, N_Q, D_V)


def test_one_key_gets_all_the_weight(make: Make) -> None:
    query, key, value = inputs(17, n_k=1)
    found = scaled_dot_product_attention(*map(make, (100 * query, key, value)))
    assert np.array_equal(np.asarray(found), np.repeat(value, N_Q, axis=0))


def test_numbers_of_numpy_as_options_promote_nothing(make: Make) -> None:
    arrays = [make(a, "float32") for a in inputs(18)]
    steps = attention_steps(
        *arrays, scale=np.float64(0.5), softcap=np.float64(2), offset=np.int64(1), is_causal=True
    )
    assert {stage.dtype for stage in steps} == {arrays[0].dtype}


def test_inputs_are_never_changed(make: Make) -> None:
    arrays = inputs(19)
    mask = mask_of(19)
    given_arrays = [*map(make, arrays), make(mask, "bool")]
    scaled_dot_product_attention(*given_arrays, is_causal=True, softcap=1.0)
    for before, after in zip((*arrays, mask), given_arrays, strict=True):
        assert np.array_equal(before, np.asarray(after))


def test_strided_read_only_and_zero_stride_arrays_are_as_good() -> None:
    rng = np.random.default_rng(20)
    query = rng.standard_normal((D_K, 2 * N_Q)).T[::2]
    key = np.broadcast_to(rng.standard_normal(D_K), (N_K, D_K))
    value = rng.standard_normal((2 * N_K, D_V))[::-2]
    bias = np.broadcast_to(rng.standard_normal(N_K), (N_Q, N_K))
    for array in (query, value):
        array.flags.writeable = False
    found = scaled_dot_product_attention(query, key, value, bias)
    close(found, attention_by_loops(*(a.copy() for a in (query, key, value, bias)))[0])


def test_strided_and_expanded_tensors_are_as_good() -> None:
    heads = torch.from_numpy(np.random.default_rng(21).standard_normal((2, N_K, 3, D_K)))
    query = heads.swapaxes(1, 2)
    key = heads[:, :1, :1].expand(2, 3, N_K, D_K)
    value = heads[..., :1].expand(2, N_K, 3, D_V).swapaxes(1, 2)
    assert not any(t.is_contiguous() for t in (query, key, value))
    found = scaled_dot_product_attention(query, key, value)
    copies = [t.contiguous() for t in (query, key, value)]
    close(found, scaled_dot_product_attention(*copies))


def test_every_stage_stays_on_its_device() -> None:
    # On the meta device there are shapes and dtypes, but nothing that could be copied away.
    arrays = [torch.empty(2, n, d, device="meta") for n, d in ((N_Q, D_K), (N_K, D_K), (N_K, D_V))]
    mask = torch.empty(N_Q, N_K, device="meta", dtype=torch.bool)
    steps = attention_steps(*arrays, mask, is_causal=True, softcap=2.0)
    assert {stage.device.type for stage in steps} == {"meta"}
    assert {stage.dtype for stage in steps} == {torch.float32}


@pytest.mark.parametrize(
    "dtype", [np.float16, torch.float16, torch.bfloat16], ids=["numpy16", "torch16", "bfloat16"]
)
def test_steps_in_between_are_float32_where_the_inputs_are_half(dtype: Any) -> None:
    full = np.ones((N_K, D_K), dtype) if dtype is np.float16 else torch.ones(N_K, D_K, dtype=dtype)
    steps = attention_steps(full, full, full)
    assert {str(stage.dtype).rpartition(".")[2] for stage in steps[:-1]} == {"float32"}
    assert steps.output.dtype == full.dtype


# Scores beyond the range of float32


@pytest.mark.parametrize("d_k", [5, 64, 131])
@pytest.mark.parametrize("scale", [None, -0.3, 1e-25, 7.0])
def test_scaled_scores_in_range_may_come_from_scores_beyond_it(
    make: Make, d_k: int, scale: float | None
) -> None:
    factor = d_k**-0.5 if scale is None else scale
    size = math.sqrt(1e38 / (d_k * abs(factor)))  # scaled scores are ±1e38
    query, key = make(np.full((3, d_k), size), "float32"), make(np.full((2, d_k), size), "float32")
    value = make(np.array([[1.0, 2.0], [3.0, 5.0]]), "float32")
    found = scaled_dot_product_attention(query, key, value, scale=scale)  # NumPy does not warn
    np.testing.assert_array_equal(np.asarray(found), [[2.0, 3.5]] * 3)
    with np.errstate(over="ignore"):  # the scores, which it keeps, are infinite
        steps = attention_steps(query, key, value, scale=scale)
    np.testing.assert_allclose(np.asarray(steps.scaled), math.copysign(1e38, factor), rtol=1e-5)


def test_bfloat16_of_3e18_weighs_equal_keys_equally() -> None:
    torch = pytest.importorskip("torch", reason="torch is an extra; `make test` installs it")
    full = torch.full((5, 64), 3e18, dtype=torch.bfloat16)
    found = scaled_dot_product_attention(full, full, torch.ones_like(full), is_causal=True)
    assert torch.equal(found, torch.ones_like(full))


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_autocast_takes_no_digits_from_scores(dtype: str) -> None:
    torch = pytest.importorskip("torch", reason="torch is an extra; `make test` installs it")
    sixty = torch.full((5, 64), 60.0, dtype=torch.float16)  # scores of 230,400
    generator = torch.Generator().manual_seed(3)
    query, key, value = (
        (3 * torch.randn(n, 64, generator=generator)).requires_grad_() for n in (5, 13, 13)
    )
    with torch.autocast("cpu", dtype=getattr(torch, dtype)):
        assert torch.equal(scaled_dot_product_attention(sixty, sixty, sixty), sixty)
        found = scaled_dot_product_attention(query, key, value)
    exact = [each.detach().double().requires_grad_() for each in (query, key, value)]
    expected = scaled_dot_product_attention(*exact)
    torch.testing.assert_close(found.double(), expected, rtol=0, atol=2e-5)
    grads = torch.autograd.grad(found.square().sum(), [query, key, value])
    wanted = torch.autograd.grad(expected.square().sum(), exact)
    for one, other in zip(grads, wanted, strict=True):
        torch.testing.assert_close(one.double(), other, rtol=0, atol=5e-4)


@pytest.mark.parametrize(("n_q", "n_k"), [(0, 5), (3, 0), (0, 0)])
def test_without_a_query_or_a_key_gradients_are_zeros(n_q: int, n_k: int) -> None:
    torch = pytest.importorskip("torch", reason="torch is an extra; `make test` installs it")
    shapes = (2, n_q, 7), (2, n_k, 7), (2, n_k, 11)
    arrays = [torch.ones(shape, requires_grad=True) for shape in shapes]
    grads = torch.autograd.grad(scaled_dot_product_attention(*arrays).sum(), arrays)
    assert [tuple(grad.shape) for grad in grads] == list(shapes)
    assert not any(grad.any() for grad in grads)
