"""causal_mask, sliding_window_mask, padding_mask: laws, loops as oracle, edges, errors."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from attention import attention_steps, scaled_dot_product_attention
from attention.masking import causal_mask, padding_mask, sliding_window_mask
from attention.softmax import softmax

Make = Callable[..., Any]
COUNTS = st.integers(0, 13)
UNIT = np.finfo(np.float64).eps
BATCH, N_Q, N_K, D_K, D_V = 2, 3, 5, 7, 11


def looped_mask(n_q: int, n_k: int, offset: int, window: int | None = None) -> list[list[bool]]:
    """Return who sees whom, one pair of positions at a time."""
    mask = []
    for i in range(n_q):
        position, row = i + offset, []
        for j in range(n_k):
            age = position - j
            row.append(age >= 0 and (window is None or age < window))
        mask.append(row)
    return mask


def qkv(make: Make, rng: np.random.Generator, n: int = N_K) -> list[Any]:
    """Return queries, keys and values of a batch of texts that ask themselves."""
    return [make(rng.standard_normal((BATCH, n, width))) for width in (D_K, D_K, D_V)]


def numbers(array: Any) -> np.ndarray:
    """Return any library's array as NumPy's."""
    return np.asarray(array)


# Laws


@given(COUNTS, COUNTS, st.integers(0, 13), COUNTS)
def test_a_chunk_sees_what_its_rows_of_the_whole_table_see(
    n_q: int, n_k: int, offset: int, past: int
) -> None:
    whole = causal_mask(past + n_q, n_k, offset=offset)
    np.testing.assert_array_equal(causal_mask(n_q, n_k, offset=offset + past), whole[past:])
    whole = sliding_window_mask(past + n_q, n_k, 3, offset=offset)
    chunk = sliding_window_mask(n_q, n_k, 3, offset=offset + past)
    np.testing.assert_array_equal(chunk, whole[past:])


@given(COUNTS, COUNTS, COUNTS, st.integers(1, 20), st.integers(1, 20))
def test_a_token_in_two_windows_is_in_the_narrower_one(
    n_q: int, n_k: int, offset: int, one: int, other: int
) -> None:
    masks = [sliding_window_mask(n_q, n_k, w, offset=offset) for w in (one, other)]
    narrower = sliding_window_mask(n_q, n_k, min(one, other), offset=offset)
    np.testing.assert_array_equal(masks[0] & masks[1], narrower)


@given(COUNTS, COUNTS, COUNTS)
def test_a_window_as_long_as_the_text_hides_the_future_alone(
    n_q: int, n_k: int, offset: int
) -> None:
    wide = sliding_window_mask(n_q, n_k, n_q + n_k + offset + 1, offset=offset)
    np.testing.assert_array_equal(wide, causal_mask(n_q, n_k, offset=offset))


@given(st.integers(1, 13), st.integers(1, 20))
def test_every_token_sees_itself_and_at_most_a_window(n: int, window: int) -> None:
    mask = sliding_window_mask(n, n, window)
    assert np.diagonal(mask).all()
    assert mask.sum(axis=-1).tolist() == [min(i + 1, window) for i in range(n)]


@pytest.mark.parametrize("layers", [1, 2, 3])
def test_layers_reach_a_window_less_one_further_each(layers: int) -> None:
    paths = np.linalg.matrix_power(sliding_window_mask(17, 17, 5).astype(int), layers)
    assert (paths[-1] > 0).sum() == layers * (5 - 1) + 1


def test_no_later_token_changes_an_earlier_output(make: Make, rng: np.random.Generator) -> None:
    x = rng.standard_normal((BATCH, N_K, D_K))
    other = x.copy()
    other[:, 3:] = rng.standard_normal((BATCH, 2, D_K))
    for seen in (causal_mask, lambda n, m, like: sliding_window_mask(n, m, 2, like=like)):
        outputs = []
        for text in (x, other):
            states = make(text)
            for _layer in range(2):
                mask = seen(N_K, N_K, like=states)
                states = scaled_dot_product_attention(states, states, states, mask)
            outputs.append(numbers(states))
        np.testing.assert_array_equal(outputs[0][:, :3], outputs[1][:, :3])
        assert (outputs[0][:, 3:] != outputs[1][:, 3:]).any(axis=-1).all()


def test_without_a_mask_every_earlier_output_changes(rng: np.random.Generator) -> None:
    x = rng.standard_normal((N_K, D_K))
    other = x.copy()
    other[-1] = rng.standard_normal(D_K)
    outputs = [scaled_dot_product_attention(text, text, text) for text in (x, other)]
    assert (outputs[0] != outputs[1]).any(axis=-1).all()


def test_whatever_the_padding_holds_a_text_is_what_it_is_alone(
    make: Make, rng: np.random.Generator
) -> None:
    lengths = make([3, 5], "int64")
    query, key, value = (rng.standard_normal((BATCH, N_K, w)) for w in (D_K, D_K, D_V))
    key[0, 3:], value[0, 3:] = 1e6, -1e6
    batch = [make(array) for array in (query, key, value)]
    found = scaled_dot_product_attention(*batch, padding_mask(lengths, N_K))
    for text, length in enumerate([3, 5]):
        alone = [make(array[text, :length]) for array in (query, key, value)]
        expected = scaled_dot_product_attention(*alone)
        np.testing.assert_allclose(
            numbers(found)[text, :length], numbers(expected), rtol=1e-12, atol=1e-14
        )


def test_padding_in_front_with_the_causal_mask_is_the_text_alone(
    make: Make, rng: np.random.Generator
) -> None:
    query, key, value = (rng.standard_normal((BATCH, N_K, w)) for w in (D_K, D_K, D_V))
    key[0, :2], value[0, :2] = 1e6, -1e6  # a text of 3 behind 2 of padding
    batch = [make(array) for array in (query, key, value)]
    real = np.flip(numbers(padding_mask(make([3, 5], "int64"), N_K)), axis=-1)
    seen = causal_mask(N_K, N_K, like=batch[0]) & make(real, "bool")
    found = scaled_dot_product_attention(*batch, seen)
    alone = [make(array[0, 2:]) for array in (query, key, value)]
    expected = scaled_dot_product_attention(*alone, is_causal=True)
    np.testing.assert_allclose(numbers(found)[0, 2:], numbers(expected), rtol=1e-12, atol=1e-14)
    assert (numbers(found)[0, :2] == 0).all()


def test_masks_that_are_combined_hide_what_either_hides(
    make: Make, rng: np.random.Generator
) -> None:
    query, key, value = qkv(make, rng)
    lengths = make([2, 4], "int64")
    parts = [
        causal_mask(N_K, N_K, like=query),
        sliding_window_mask(N_K, N_K, 3, like=query),
        padding_mask(lengths, N_K),
    ]
    weights = numbers(attention_steps(query, key, value, parts[0] & parts[1] & parts[2]).weights)
    for text, length in enumerate([2, 4]):
        for i, j in np.ndindex(N_K, N_K):
            visible = j <= i and i - j < 3 and j < length
            assert (weights[text, i, j] > 0) == visible
    sums = weights.sum(axis=-1)
    np.testing.assert_allclose(sums[0], [1, 1, 1, 1, 0], rtol=4 * UNIT)  # the last sees 2, 3, 4
    np.testing.assert_allclose(sums[1], 1, rtol=4 * UNIT)


@pytest.mark.parametrize("offset", [0, 1, 2, 7])
def test_the_flag_and_the_mask_are_one(make: Make, rng: np.random.Generator, offset: int) -> None:
    query, key, value = qkv(make, rng)
    query = query[:, :N_Q, :]
    mask = causal_mask(N_Q, N_K, offset=offset, like=query)
    by_mask = attention_steps(query, key, value, mask)
    by_flag = attention_steps(query, key, value, is_causal=True, offset=offset)
    for one, other in zip(by_mask, by_flag, strict=True):
        np.testing.assert_array_equal(numbers(one), numbers(other))


def test_one_query_at_a_time_gives_the_rows_of_one_causal_pass(
    make: Make, rng: np.random.Generator
) -> None:
    query, key, value = qkv(make, rng)
    whole = numbers(scaled_dot_product_attention(query, key, value, is_causal=True))
    for t in range(N_K):
        mask = causal_mask(1, t + 1, offset=t, like=query)
        assert numbers(mask).all()  # the newest token may see all there is
        past = key[:, : t + 1, :], value[:, : t + 1, :]
        step = scaled_dot_product_attention(query[:, t : t + 1, :], *past, mask)
        np.testing.assert_allclose(numbers(step)[:, 0], whole[:, t], rtol=1e-13, atol=1e-15)


@given(hnp.arrays(np.float64, (5, 5), elements=st.floats(-20, 20)))
def test_visible_weights_grow_by_what_later_keys_had(scores: np.ndarray) -> None:
    # As the chapter says: only the denominators differ.
    visible = causal_mask(5, 5)
    full, causal = softmax(scores), softmax(np.where(visible, scores, -np.inf))
    powers = np.exp(scores)
    growth = powers.sum(axis=-1) / (powers * visible).sum(axis=-1)
    np.testing.assert_allclose(causal, full * visible * growth[:, None], rtol=1e-12)
    np.testing.assert_allclose(causal[-1], full[-1], rtol=4 * UNIT)


# The three wrong maskings of the chapter: each breaks a law that the right one keeps.


def test_zeroing_after_softmax_loses_weight_and_lets_the_future_in(
    rng: np.random.Generator,
) -> None:
    scores = rng.standard_normal((N_K, N_K))
    visible = causal_mask(N_K, N_K)
    other = np.where(visible, scores, scores + 3)  # nothing visible differs

    def wrong(table: np.ndarray) -> np.ndarray:
        return softmax(table) * visible

    def right(table: np.ndarray) -> np.ndarray:
        return softmax(np.where(visible, table, -np.inf))

    assert (wrong(scores).sum(axis=-1)[:-1] < 1 - 1e-3).all()
    assert (abs(wrong(scores) - wrong(other))[:-1].max(axis=-1) > 1e-3).all()
    np.testing.assert_allclose(right(scores).sum(axis=-1), 1, rtol=4 * UNIT)
    np.testing.assert_array_equal(right(scores), right(other))


def test_multiplying_scores_by_the_mask_gives_weight_to_the_future(
    rng: np.random.Generator,
) -> None:
    scores = rng.standard_normal((N_K, N_K))
    visible = causal_mask(N_K, N_K)
    wrong, lower = softmax(scores * visible), softmax((scores - 2) * visible)
    assert (wrong[~visible] > 0).all()
    assert (lower[~visible] > wrong[~visible]).all()  # a shift should change nothing
    right = softmax(np.where(visible, scores, -np.inf))
    assert (right[~visible] == 0).all()


def test_decoding_with_the_flag_and_no_offset_hands_over_the_first_value(
    make: Make, rng: np.random.Generator
) -> None:
    query, key, value = qkv(make, rng)
    newest = query[:, -1:, :]
    whole = numbers(scaled_dot_product_attention(query, key, value, is_causal=True))
    wrong = numbers(scaled_dot_product_attention(newest, key, value, is_causal=True))
    np.testing.assert_array_equal(wrong[:, 0], numbers(value)[:, 0])
    assert abs(wrong[:, 0] - whole[:, -1]).max() > 0.1
    right = scaled_dot_product_attention(newest, key, value, is_causal=True, offset=N_K - 1)
    np.testing.assert_allclose(numbers(right)[:, 0], whole[:, -1], rtol=1e-13, atol=1e-15)


def test_pytorch_has_the_same_trap(rng: np.random.Generator) -> None:
    # The chapter says so. Should it change, the chapter must.
    torch = pytest.importorskip("torch", reason="torch is an extra; `make test` installs it")
    query, key = (torch.tensor(rng.standard_normal((n, D_K))) for n in (1, N_K))
    value = torch.tensor(rng.standard_normal((N_K, D_V)))
    output = torch.nn.functional.scaled_dot_product_attention(query, key, value, is_causal=True)
    torch.testing.assert_close(output[0], value[0])


# Oracles


@pytest.mark.parametrize("offset", [0, 1, 2, 4, 11])
@pytest.mark.parametrize(("n_q", "n_k"), [(3, 5), (5, 3), (1, 7), (7, 7)])
def test_masks_agree_with_loops(make: Make, n_q: int, n_k: int, offset: int) -> None:
    like = make([0.0])
    found = causal_mask(n_q, n_k, offset=offset, like=like)
    assert numbers(found).tolist() == looped_mask(n_q, n_k, offset)
    for window in (1, 2, 3, 19):
        found = sliding_window_mask(n_q, n_k, window, offset=offset, like=like)
        assert numbers(found).tolist() == looped_mask(n_q, n_k, offset, window)


@pytest.mark.parametrize("dtype", ["int64", "int32", "int8", "uint8"])
def test_padding_agrees_with_loops(make: Make, dtype: str) -> None:
    lengths = [[0, 2, 5], [1, 5, 3]]
    found = padding_mask(make(lengths, dtype), 5)
    assert tuple(found.shape) == (2, 3, 1, 5)
    expected = [[[[j < length for j in range(5)]] for length in row] for row in lengths]
    assert numbers(found).tolist() == expected


def test_attention_with_masks_agrees_with_loops(make: Make, rng: np.random.Generator) -> None:
    query, key, value = (rng.standard_normal((BATCH, n, w)) for n, w in ((3, 7), (5, 7), (5, 11)))
    arrays = [make(array) for array in (query, key, value)]
    mask = sliding_window_mask(3, 5, 2, offset=2, like=arrays[0])
    mask = mask & padding_mask(make([3, 5], "int64"), 5)
    found = numbers(scaled_dot_product_attention(*arrays, mask))
    for text, length in enumerate([3, 5]):
        for i in range(3):
            seen = [j for j in range(length) if j <= i + 2 < j + 2]
            powers = [np.exp((query[text, i] * key[text, j]).sum() / 7**0.5) for j in seen]
            mixed = sum((p * value[text, j] for p, j in zip(powers, seen, strict=True)), 0.0)
            expected = mixed / sum(powers) if seen else np.zeros(11)
            np.testing.assert_allclose(found[text, i], expected, rtol=1e-12, atol=1e-14)


@pytest.mark.filterwarnings("ignore")  # PyTorch's class is a prototype
def test_both_alignments_agree_with_pytorch() -> None:
    bias = pytest.importorskip(
        "torch.nn.attention.bias", reason="torch is an extra; `make test` installs it"
    )
    first, last = bias.causal_upper_left(3, 5), bias.causal_lower_right(3, 5)
    np.testing.assert_array_equal(causal_mask(3, 5), first._materialize())
    np.testing.assert_array_equal(causal_mask(3, 5, offset=2), last._materialize())


# Edges


@pytest.mark.parametrize(("n_q", "n_k"), [(0, 0), (0, 5), (3, 0)])
def test_there_may_be_no_query_or_no_key(make: Make, n_q: int, n_k: int) -> None:
    like = make([0.0])
    assert tuple(causal_mask(n_q, n_k, like=like).shape) == (n_q, n_k)
    assert tuple(sliding_window_mask(n_q, n_k, 2, like=like).shape) == (n_q, n_k)


def test_a_window_of_one_sees_itself_alone(make: Make) -> None:
    found = sliding_window_mask(5, 5, 1, like=make([0.0]))
    np.testing.assert_array_equal(numbers(found), np.eye(5, dtype=bool))


def test_a_window_may_have_left_all_keys_behind(make: Make) -> None:
    found = numbers(sliding_window_mask(3, 5, 2, offset=5, like=make([0.0])))
    assert found.sum(axis=-1).tolist() == [1, 0, 0]


def test_one_length_makes_one_mask_and_no_length_none(make: Make) -> None:
    found = padding_mask(make(2, "int64"), 3)
    assert numbers(found).tolist() == [[True, True, False]]
    assert tuple(padding_mask(make([], "int64"), 3).shape) == (0, 1, 3)
    assert tuple(padding_mask(make([0, 0], "int64"), 0).shape) == (2, 1, 0)


def test_lengths_with_a_last_axis_fit_heads(make: Make, rng: np.random.Generator) -> None:
    lengths = make([[2], [5]], "int64")
    mask = padding_mask(lengths, N_K)
    assert tuple(mask.shape) == (2, 1, 1, N_K)
    query = make(rng.standard_normal((2, 13, N_Q, D_K)))
    key = make(rng.standard_normal((2, 13, N_K, D_K)))
    weights = numbers(attention_steps(query, key, key, mask).weights)
    assert (weights[0, ..., 2:] == 0).all()
    assert (weights[0, ..., :2] > 0).all()
    assert (weights[1] > 0).all()


@pytest.mark.parametrize("dtype", ["int8", "uint8"])
def test_small_integers_count_texts_longer_than_they_can_hold(make: Make, dtype: str) -> None:
    found = numbers(padding_mask(make([100, 0], dtype), 300))
    assert found.sum(axis=-1).tolist() == [[100], [0]]


def test_a_row_that_sees_nothing_gives_zeros(make: Make, rng: np.random.Generator) -> None:
    query, key, value = qkv(make, rng)
    steps = attention_steps(query, key, value, padding_mask(make([0, 5], "int64"), N_K))
    assert (numbers(steps.weights)[0] == 0).all()
    assert (numbers(steps.output)[0] == 0).all()
    np.testing.assert_allclose(numbers(steps.weights)[1].sum(axis=-1), 1, rtol=4 * UNIT)


def test_a_row_that_sees_nothing_has_the_gradient_zero(rng: np.random.Generator) -> None:
    torch = pytest.importorskip("torch", reason="torch is an extra; `make test` installs it")
    arrays = [torch.tensor(rng.standard_normal((2, 5, 7)), requires_grad=True) for _ in range(3)]
    real = padding_mask(torch.tensor([3, 5]), 5).flip(-1)  # padding in front
    seen = causal_mask(5, 5, like=real) & real
    scaled_dot_product_attention(*arrays, seen).square().sum().backward()
    for array in arrays:
        assert torch.isfinite(array.grad).all()
        assert (array.grad[0, :2] == 0).all()
        assert (array.grad[0, -1] != 0).any()
    assert torch.autograd.gradcheck(lambda *a: scaled_dot_product_attention(*a, seen), arrays)


def test_the_mask_is_a_boolean_of_the_library_and_on_the_device_of_like(make: Make) -> None:
    like = make([[1.0, 2.0]])
    for mask in (
        causal_mask(3, 5, like=like),
        sliding_window_mask(3, 5, 2, like=like),
        padding_mask(make([3], "int64"), 5),
    ):
        assert type(mask) is type(like)
        assert str(mask.dtype).rpartition(".")[2] == "bool"
        assert mask.device == like.device


def test_a_mask_is_made_on_any_device() -> None:
    torch = pytest.importorskip("torch", reason="torch is an extra; `make test` installs it")
    like = torch.empty(2, device="meta")  # a device that every machine has
    assert causal_mask(3, 5, like=like).device.type == "meta"
    assert sliding_window_mask(3, 5, 2, like=like).device.type == "meta"


def test_like_may_have_any_dtype_and_is_left_alone(make: Make) -> None:
    for dtype in ("int64", "bool", "float32"):
        like = make([1, 0], dtype)
        before = numbers(like).tolist()
        assert numbers(causal_mask(2, 2, like=like)).tolist() == [[True, False], [True, True]]
        assert numbers(like).tolist() == before


def test_without_like_masks_are_of_numpy() -> None:
    assert type(causal_mask(3, 5)) is np.ndarray
    assert type(sliding_window_mask(3, 5, 2)) is np.ndarray


def test_integers_of_numpy_are_integers(make: Make) -> None:
    three, five, two = np.int64(3), np.int32(5), np.uint8(2)
    like = make([0.0])
    found = causal_mask(three, five, offset=two, like=like)
    assert numbers(found).tolist() == looped_mask(3, 5, 2)
    found = sliding_window_mask(three, five, two, offset=two, like=like)
    assert numbers(found).tolist() == looped_mask(3, 5, 2, 2)
    assert tuple(padding_mask(make([3], "int64"), five).shape) == (1, 1, 5)


def test_lengths_are_never_changed(make: Make) -> None:
    lengths = make([3, 1], "int64")
    padding_mask(lengths, 5)
    assert numbers(lengths).tolist() == [3, 1]


# Errors

MASKS = [causal_mask, lambda n_q, n_k, **options: sliding_window_mask(n_q, n_k, 2, **options)]


@pytest.mark.parametrize("mask", MASKS, ids=["causal", "window"])
@pytest.mark.parametrize("name", ["n_q", "n_k", "offset"])
def test_a_negative_count_is_refused(mask: Callable[..., Any], name: str) -> None:
    arguments = {"n_q": 3, "n_k": 5, "offset": 0, name: -1}
    message = f"{name} must be at least 0; got -1"
    with pytest.raises(ValueError, match=f"^{message}$"):
        mask(**arguments)


@pytest.mark.parametrize("mask", MASKS, ids=["causal", "window"])
@pytest.mark.parametrize("name", ["n_q", "n_k", "offset"])
@pytest.mark.parametrize("bad", [3.0, "3", None, (3,)])
def test_a_count_that_is_no_integer_is_refused(
    mask: Callable[..., Any], name: str, bad: Any
) -> None:
    arguments = {"n_q": 3, "n_k": 5, "offset": 0, name: bad}
    message = f"{name} must be an integer; got {type(bad).__name__}"
    with pytest.raises(TypeError, match=f"^{message}$"):
        mask(**arguments)


@pytest.mark.parametrize("window", [0, -1, -7])
def test_a_window_without_a_token_is_refused(window: int) -> None:
    message = f"window must be at least 1; got {window}"
    with pytest.raises(ValueError, match=f"^{message}$"):
        sliding_window_mask(3, 5, window)


@pytest.mark.parametrize("window", [2.0, None, "2"])
def test_a_window_that_is_no_integer_is_refused(window: Any) -> None:
    message = f"window must be an integer; got {type(window).__name__}"
    with pytest.raises(TypeError, match=f"^{message}$"):
        sliding_window_mask(3, 5, window)


@pytest.mark.parametrize("mask", MASKS, ids=["causal", "window"])
def test_like_is_an_array(mask: Callable[..., Any]) -> None:
    required = "must be an array of NumPy, PyTorch or another Array API library; got list"
    with pytest.raises(TypeError, match=f"^like {required}$"):
        mask(3, 5, like=[0.0])
    with pytest.raises(TypeError, match=f"^lengths {required}$"):
        padding_mask([3, 5], 5)


@pytest.mark.parametrize("dtype", ["float64", "float32", "bool"])
def test_lengths_are_integers(make: Make, dtype: str) -> None:
    with pytest.raises(TypeError, match=f"^lengths must have an integer dtype; got {dtype}$"):
        padding_mask(make([1, 0], dtype), 5)


@pytest.mark.parametrize(("lengths", "came"), [([3, -1, 5], "-1 to 5"), ([2, 6], "2 to 6")])
def test_lengths_lie_between_nothing_and_all(make: Make, lengths: list[int], came: str) -> None:
    message = re.escape(f"lengths must be from 0 to n_k, 5; got {came}")
    with pytest.raises(ValueError, match=f"^{message}$"):
        padding_mask(make(lengths, "int64"), 5)


def test_a_padded_length_is_a_count(make: Make) -> None:
    lengths = make([0], "int64")
    with pytest.raises(ValueError, match=r"^n_k must be at least 0; got -1$"):
        padding_mask(lengths, -1)
    with pytest.raises(TypeError, match=r"^n_k must be an integer; got float$"):
        padding_mask(lengths, 5.0)


def test_a_mask_that_does_not_fit_the_scores_is_refused(
    make: Make, rng: np.random.Generator
) -> None:
    query, key, value = qkv(make, rng)
    for mask in (causal_mask(N_K, 3, like=query), padding_mask(make([1, 1, 1], "int64"), N_K)):
        with pytest.raises(ValueError, match=r"^attn_mask must broadcast to \(\*batch, n_q, n_k\)"):
            scaled_dot_product_attention(query, key, value, mask)


def test_zeros_and_ones_are_no_mask(make: Make, rng: np.random.Generator) -> None:
    query, key, value = qkv(make, rng)
    with pytest.raises(TypeError, match=r"^attn_mask must be boolean or have the dtype of query"):
        scaled_dot_product_attention(query, key, value, make([1, 1, 1, 1, 0], "int64"))
