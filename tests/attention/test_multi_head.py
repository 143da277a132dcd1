"""split_heads, join_heads, multi_head_attention: laws, loops over heads, edges, errors."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attention.multi_head import join_heads, multi_head_attention, split_heads
from oracles import multi_head_attention_by_loops

Make = Callable[..., Any]
BATCH, HEADS, N, D_K, D_V, D_MODEL, D_OUT = 2, 3, 5, 7, 11, 13, 17
N_K, D_CONTEXT = 19, 23
SEEDS = st.integers(0, 2**32 - 1)


def inputs(seed: int = 0, *, heads: int = HEADS, kv: int = HEADS, cross: bool = False) -> Any:
    """Draw tokens and the four matrices, and with ``cross`` tokens that are asked."""
    rng = np.random.default_rng(seed)
    asked = D_CONTEXT if cross else D_MODEL
    shapes = {
        "x": (BATCH, N, D_MODEL),
        "w_q": (D_MODEL, heads * D_K),
        "w_k": (asked, kv * D_K),
        "w_v": (asked, kv * D_V),
        "w_o": (heads * D_V, D_OUT),
    }
    if cross:
        shapes["context"] = (BATCH, N_K, D_CONTEXT)
    return {name: rng.standard_normal(shape) / shape[-2] ** 0.5 for name, shape in shapes.items()}


def run(make: Make, arrays: dict[str, Any], dtype: str = "float64", **options: Any) -> np.ndarray:
    """Attend with arrays of one library; answer as NumPy."""
    made = {name: make(array, dtype) for name, array in arrays.items()}
    return np.asarray(multi_head_attention(**made, **options))


# Laws


def test_splitting_puts_each_number_where_its_head_and_token_are(make: Make) -> None:
    digits = np.add.outer(np.arange(1, N + 1) * 100, [11, 12, 21, 22, 31, 32])
    found = np.asarray(split_heads(make(digits), HEADS))
    for h, t, c in np.ndindex(HEADS, N, 2):
        assert found[h, t, c] == (t + 1) * 100 + (h + 1) * 10 + c + 1


def test_reshaping_without_exchanging_axes_mixes_tokens_and_heads(make: Make) -> None:
    digits = np.add.outer(np.arange(1, N + 1) * 100, [11, 12, 21, 22, 31, 32])
    found = np.asarray(split_heads(make(digits), HEADS))
    assert [set(head.ravel().astype(int) // 10 % 10) for head in found] == [{1}, {2}, {3}]
    cut_alone = digits.reshape(found.shape)
    assert set(cut_alone[0].ravel() // 10 % 10) == {1, 2, 3}


def test_joining_undoes_splitting_and_splitting_joining(
    make: Make, rng: np.random.Generator
) -> None:
    wide = rng.standard_normal((BATCH, 1, N, HEADS * D_K))
    np.testing.assert_array_equal(np.asarray(join_heads(split_heads(make(wide), HEADS))), wide)
    apart = rng.standard_normal((BATCH, 1, HEADS, N, D_K))
    np.testing.assert_array_equal(np.asarray(split_heads(join_heads(make(apart)), HEADS)), apart)


def test_one_wide_projection_split_equals_a_projection_a_head(
    make: Make, rng: np.random.Generator
) -> None:
    x = rng.integers(-9, 9, (N, D_MODEL)).astype(float)
    weights = rng.integers(-9, 9, (HEADS, D_MODEL, D_K)).astype(float)
    wide = make(x) @ make(np.concatenate(list(weights), axis=1))
    np.testing.assert_array_equal(np.asarray(split_heads(wide, HEADS)), x @ weights)


@given(SEEDS, st.permutations(range(N)))
def test_reordering_the_tokens_reorders_the_output(seed: int, order: list[int]) -> None:
    arrays = inputs(seed)
    straight = multi_head_attention(**arrays, n_heads=HEADS)
    arrays["x"] = arrays["x"][:, order]
    reordered = multi_head_attention(**arrays, n_heads=HEADS)
    np.testing.assert_allclose(reordered, straight[:, order], rtol=0, atol=1e-12)


@given(SEEDS, st.permutations(range(HEADS)))
def test_heads_have_no_order(seed: int, order: list[int]) -> None:
    arrays = inputs(seed)
    straight = multi_head_attention(**arrays, n_heads=HEADS)
    for name, width in {"w_q": D_K, "w_k": D_K, "w_v": D_V}.items():
        columns = np.arange(HEADS * width).reshape(HEADS, width)[order].ravel()
        arrays[name] = arrays[name][:, columns]
    rows = np.arange(HEADS * D_V).reshape(HEADS, D_V)[order].ravel()
    arrays["w_o"] = arrays["w_o"][rows]
    moved = multi_head_attention(**arrays, n_heads=HEADS)
    np.testing.assert_allclose(moved, straight, rtol=0, atol=1e-12)


@given(SEEDS)
def test_the_output_is_the_sum_of_what_each_head_gives_alone(seed: int) -> None:
    arrays = inputs(seed)
    alone = [
        multi_head_attention(
            arrays["x"],
            arrays["w_q"][:, h * D_K : (h + 1) * D_K],
            arrays["w_k"][:, h * D_K : (h + 1) * D_K],
            arrays["w_v"][:, h * D_V : (h + 1) * D_V],
            arrays["w_o"][h * D_V : (h + 1) * D_V],
            n_heads=1,
        )
        for h in range(HEADS)
    ]
    together = multi_head_attention(**arrays, n_heads=HEADS)
    np.testing.assert_allclose(sum(alone), together, rtol=0, atol=1e-12)


@given(SEEDS, st.integers(1, N - 1))
def test_no_later_token_changes_an_earlier_output(seed: int, first: int) -> None:
    arrays = inputs(seed)
    before = multi_head_attention(**arrays, n_heads=HEADS, is_causal=True)
    arrays["x"][:, first:] += 1
    after = multi_head_attention(**arrays, n_heads=HEADS, is_causal=True)
    np.testing.assert_array_equal(after[:, :first], before[:, :first])
    assert (after[:, first:] != before[:, first:]).any(axis=-1).all()


@given(SEEDS, st.integers(0, N - 1))
def test_without_a_mask_every_token_hears_every_other(seed: int, which: int) -> None:
    arrays = inputs(seed)
    before = multi_head_attention(**arrays, n_heads=HEADS)
    arrays["x"][:, which] += 1
    after = multi_head_attention(**arrays, n_heads=HEADS)
    assert (after != before).any(axis=-1).all()


@pytest.mark.parametrize("kv", [1, 2, 3, 6])
def test_shared_keys_and_values_are_as_good_as_copies(make: Make, kv: int) -> None:
    arrays = inputs(heads=6, kv=kv)
    shared = run(make, arrays, n_heads=6, n_kv_heads=kv)
    for name, width in {"w_k": D_K, "w_v": D_V}.items():
        own = [arrays[name][:, h * kv // 6 * width :][:, :width] for h in range(6)]
        arrays[name] = np.concatenate(own, axis=1)
    np.testing.assert_allclose(shared, run(make, arrays, n_heads=6), rtol=0, atol=1e-13)


def test_neighbouring_query_heads_share_and_not_every_other_one() -> None:
    arrays = inputs(heads=6, kv=2)
    right = multi_head_attention(**arrays, n_heads=6, n_kv_heads=2)
    for name in ("w_k", "w_v"):
        arrays[name] = np.tile(arrays[name], 3)
    assert np.abs(multi_head_attention(**arrays, n_heads=6) - right).max() > 0.01


# Oracles


@pytest.mark.parametrize(("heads", "kv"), [(3, 3), (6, 2), (5, 1), (1, 1)])
@pytest.mark.parametrize("is_causal", [False, True])
def test_it_agrees_with_loops_over_heads(make: Make, heads: int, kv: int, is_causal: bool) -> None:
    arrays = inputs(heads=heads, kv=kv)
    expected = multi_head_attention_by_loops(arrays, heads, kv, is_causal=is_causal)
    found = run(make, arrays, n_heads=heads, n_kv_heads=kv, is_causal=is_causal)
    assert found.shape == (BATCH, N, D_OUT)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-13)
    single = run(make, arrays, "float32", n_heads=heads, n_kv_heads=kv, is_causal=is_causal)
    assert single.dtype == np.float32
    np.testing.assert_allclose(single, expected, rtol=0, atol=2e-6)


def test_other_tokens_can_be_asked(make: Make) -> None:
    arrays = inputs(cross=True)
    expected = multi_head_attention_by_loops(arrays, HEADS, HEADS)
    np.testing.assert_allclose(run(make, arrays, n_heads=HEADS), expected, rtol=0, atol=1e-13)


@pytest.mark.parametrize("options", [{"scale": 0.3}, {"scale": -1.0}, {"softcap": 0.5}])
def test_scale_and_softcap_agree_with_loops(make: Make, options: dict[str, float]) -> None:
    arrays = inputs()
    expected = multi_head_attention_by_loops(arrays, HEADS, HEADS, **options)
    found = run(make, arrays, n_heads=HEADS, **options)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-13)


def test_query_heads_have_sinks_of_their_own(make: Make) -> None:
    arrays, sinks = inputs(heads=6, kv=2), np.array([0.5, -3.0, 23.0, -np.inf, 0.0, 2.0])
    expected = multi_head_attention_by_loops(arrays, 6, 2, sinks=sinks, is_causal=True)
    options = {"n_heads": 6, "n_kv_heads": 2, "is_causal": True}
    found = run(make, arrays, sinks=make(sinks), **options)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-13)


@pytest.mark.parametrize(
    "shape", [(N, N), (HEADS, 1, N), (BATCH, 1, 1, N), (BATCH, HEADS, N, N)], ids=str
)
@pytest.mark.parametrize("is_causal", [False, True])
def test_a_mask_hides_the_same_keys_as_in_loops(
    make: Make, rng: np.random.Generator, shape: tuple[int, ...], is_causal: bool
) -> None:
    visible = rng.random(shape) < 0.6
    visible[..., 0] = True
    arrays = inputs()
    everywhere = np.broadcast_to(visible, (BATCH, HEADS, N, N))
    expected = multi_head_attention_by_loops(
        arrays, HEADS, HEADS, mask=everywhere, is_causal=is_causal
    )
    made = {name: make(array) for name, array in arrays.items()}
    for mask in (make(visible) > 0.5, make(np.where(visible, 0, -np.inf))):
        found = multi_head_attention(**made, n_heads=HEADS, attn_mask=mask, is_causal=is_causal)
        np.testing.assert_allclose(np.asarray(found), expected, rtol=0, atol=1e-13)


# Edges


def test_a_token_that_sees_nothing_gets_zeros(make: Make) -> None:
    arrays = inputs()
    visible = np.ones((BATCH, 1, N, N))
    visible[1, 0, 2] = 0
    found = run(make, arrays, n_heads=HEADS, attn_mask=make(visible) > 0.5)
    assert (found[1, 2] == 0).all()
    assert (found[0, 2] != 0).all()


def test_one_head_is_attention_between_two_projections(make: Make) -> None:
    from attention import scaled_dot_product_attention

    arrays = inputs(heads=1, kv=1)
    x = arrays["x"]
    mixed = scaled_dot_product_attention(*(x @ arrays[name] for name in ("w_q", "w_k", "w_v")))
    found = run(make, arrays, n_heads=1)
    np.testing.assert_allclose(found, mixed @ arrays["w_o"], rtol=0, atol=1e-13)


@pytest.mark.parametrize(("n", "batch"), [(0, ()), (1, ()), (5, ()), (5, (2, 1)), (5, (0,))])
def test_any_batch_axes_and_any_length(make: Make, n: int, batch: tuple[int, ...]) -> None:
    arrays = inputs()
    arrays["x"] = np.ones((*batch, n, D_MODEL))
    assert run(make, arrays, n_heads=HEADS).shape == (*batch, n, D_OUT)
    wide = make(np.ones((*batch, n, 6)))
    assert tuple(split_heads(wide, HEADS).shape) == (*batch, HEADS, n, 2)
    assert tuple(join_heads(split_heads(wide, HEADS)).shape) == (*batch, n, 6)


def test_no_token_to_ask_gives_zeros(make: Make) -> None:
    arrays = inputs(cross=True)
    arrays["context"] = arrays["context"][:, :0]
    assert (run(make, arrays, n_heads=HEADS) == 0).all()


def test_a_numpy_integer_counts_heads(make: Make) -> None:
    arrays = inputs(heads=6, kv=2)
    plain = run(make, arrays, n_heads=6, n_kv_heads=2)
    same = run(make, arrays, n_heads=np.int64(6), n_kv_heads=np.int64(2))
    np.testing.assert_array_equal(same, plain)


def test_the_dtype_survives(make: Make) -> None:
    for dtype in ("float32", "float64"):
        made = {name: make(array, dtype) for name, array in inputs().items()}
        assert multi_head_attention(**made, n_heads=HEADS).dtype == made["x"].dtype
        assert split_heads(made["w_q"], HEADS).dtype == made["x"].dtype
        assert join_heads(made["x"]).dtype == made["x"].dtype


def test_inputs_are_never_changed(make: Make) -> None:
    arrays = inputs(cross=True)
    made = {name: make(array) for name, array in arrays.items()}
    multi_head_attention(**made, n_heads=HEADS, is_causal=True)
    for name, array in arrays.items():
        np.testing.assert_array_equal(np.asarray(made[name]), array)


def test_strided_transposed_and_read_only_inputs_are_as_good() -> None:
    arrays = inputs()
    expected = multi_head_attention(**arrays, n_heads=HEADS)
    odd = {name: np.repeat(array, 2, axis=-2)[..., ::2, :] for name, array in arrays.items()}
    odd["w_q"] = np.asfortranarray(arrays["w_q"])
    for array in odd.values():
        array.flags.writeable = False
    found = multi_head_attention(**odd, n_heads=HEADS)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-13)


def test_gradients_agree_with_finite_differences() -> None:
    torch = pytest.importorskip("torch", reason="torch is an extra; `make test` installs it")
    arrays = inputs(heads=2, kv=1)
    made = [torch.from_numpy(arrays[name]) for name in ("x", "w_q", "w_k", "w_v", "w_o")]
    made[0] = made[0][:1, :3]
    for tensor in made:
        tensor.requires_grad_()
    assert torch.autograd.gradcheck(
        lambda *each: multi_head_attention(*each, n_heads=2, n_kv_heads=1, is_causal=True),
        made,
        fast_mode=True,
    )


# Errors


@pytest.mark.parametrize(
    ("n_heads", "message"),
    [
        (0, "n_heads must be at least 1; got 0"),
        (-3, "n_heads must be at least 1; got -3"),
        (2, "n_heads must divide the width of x; got n_heads 2, x (5, 21)"),
    ],
)
def test_a_number_of_heads_that_does_not_divide_is_refused(
    make: Make, n_heads: int, message: str
) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        split_heads(make(np.ones((5, 21))), n_heads)


def test_half_a_head_is_refused(make: Make) -> None:
    message = r"^n_heads must be an integer; got float$"
    with pytest.raises(TypeError, match=message):
        split_heads(make(np.ones((5, 21))), 3.0)  # type: ignore[arg-type]


def test_a_missing_axis_is_refused(make: Make) -> None:
    message = re.escape("x must be (*batch, n, n_heads * d); got x (6,)")
    with pytest.raises(ValueError, match=message):
        split_heads(make(np.ones(6)), 3)
    message = re.escape("x must be (*batch, n_heads, n, d); got x (5, 6)")
    with pytest.raises(ValueError, match=message):
        join_heads(make(np.ones((5, 6))))


def test_integers_and_lists_are_refused(make: Make) -> None:
    for function in (lambda x: split_heads(x, 3), join_heads):
        with pytest.raises(TypeError, match=r"^x must have a real floating dtype; got int64$"):
            function(make(np.ones((2, 5, 6)), "int64"))
        with pytest.raises(TypeError, match=r"^x must be an array of NumPy, .*; got list$"):
            function([[[1.0]]])


def test_two_dtypes_are_refused(make: Make) -> None:
    made = {name: make(array) for name, array in inputs().items()}
    made["w_o"] = make(inputs()["w_o"], "float32")
    with pytest.raises(TypeError, match=r"same dtype; got .*w_v float64, w_o float32$"):
        multi_head_attention(**made, n_heads=HEADS)


@pytest.mark.parametrize(
    ("heads", "kv", "message"),
    [
        (2, None, "n_heads must divide the number of columns of w_q; got n_heads 2, w_q (13, 21)"),
        (
            3,
            2,
            "n_kv_heads must divide the number of columns of w_k; got n_kv_heads 2, w_k (13, 21)",
        ),
        (3, 0, "n_kv_heads must be at least 1; got 0"),
        (0, None, "n_heads must be at least 1; got 0"),
        (3, -3, "n_kv_heads must be at least 1; got -3"),
    ],
)
def test_head_counts_that_do_not_fit_are_refused(
    make: Make, heads: int, kv: int | None, message: str
) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        run(make, inputs(), n_heads=heads, n_kv_heads=kv)


def test_more_heads_of_keys_than_of_queries_are_refused(make: Make) -> None:
    arrays = inputs(heads=2, kv=6)
    with pytest.raises(ValueError, match=r"multiple of n_kv_heads|divide n_heads"):
        run(make, arrays, n_heads=2, n_kv_heads=6)


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("x", (D_MODEL,)),
        ("w_q", (D_K, HEADS * D_K)),
        ("w_k", (D_MODEL, 2 * HEADS * D_K)),
        ("w_v", (D_CONTEXT, HEADS * D_V)),
        ("w_o", (HEADS * D_K, D_OUT)),
        ("w_o", (HEADS * D_V,)),
    ],
)
def test_shapes_that_do_not_fit_are_refused(make: Make, name: str, shape: tuple[int, ...]) -> None:
    arrays = inputs() | {name: np.ones(shape)}
    named = "x" if name == "x" else rf"{name}|query and key"
    with pytest.raises(ValueError, match=rf"^.*({named}).*; got "):
        run(make, arrays, n_heads=HEADS)


def test_a_mask_for_another_number_of_heads_is_refused(make: Make) -> None:
    mask = make(np.ones((HEADS + 1, N, N))) > 0.5
    with pytest.raises(ValueError, match=r"^attn_mask must broadcast to .*\(2, 3, 5, 5\)"):
        run(make, inputs(), n_heads=HEADS, attn_mask=mask)
