"""attention_gradients: laws, differences, loops and autograd as oracles, edges, errors."""

import math
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from attention.attention import scaled_dot_product_attention
from attention.gradients import AttentionGradients, attention_gradients
from attention.masking import causal_mask
from attention.qkv import project_qkv

Make = Callable[..., Any]
SHAPES = {
    "x": (2, 3, 5, 13),
    "w_q": (13, 7),
    "w_k": (13, 7),
    "w_v": (13, 11),
    "grad_output": (2, 3, 5, 11),
}


def draw(rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Draw weights of a size at which softmax is not saturated."""
    return {
        name: rng.standard_normal(shape) / (3 if name.startswith("w") else 1)
        for name, shape in SHAPES.items()
    }


def loss(arrays: dict[str, Any], **options: Any) -> Any:
    """What the gradients are of: a sum of the outputs, each times its own number."""
    qkv = project_qkv(*(arrays[name] for name in ("x", "w_q", "w_k", "w_v")))
    return (scaled_dot_product_attention(*qkv, **options) * arrays["grad_output"]).sum()


# Laws


def test_where_all_tokens_are_one_no_query_and_no_key_learns(rng: np.random.Generator) -> None:
    arrays = draw(rng)
    same = np.broadcast_to(arrays["x"][..., :1, :1], (2, 3, 5, 13))  # all tokens are one
    found = attention_gradients(**{**arrays, "x": same})
    np.testing.assert_allclose(found.w_q, 0, rtol=0, atol=1e-13)
    np.testing.assert_allclose(found.w_k, 0, rtol=0, atol=1e-13)
    assert abs(found.w_v).max() > 0.1


def test_gradients_turn_with_the_matrices_where_no_score_changes(
    rng: np.random.Generator,
) -> None:
    arrays = draw(rng)
    rotation = np.linalg.qr(rng.standard_normal((7, 7)))[0]
    plain = attention_gradients(**arrays)
    turned = {**arrays, "w_q": arrays["w_q"] @ rotation, "w_k": arrays["w_k"] @ rotation}
    found = attention_gradients(**turned)
    np.testing.assert_allclose(found.w_q, plain.w_q @ rotation, rtol=0, atol=1e-13)
    np.testing.assert_allclose(found.w_k, plain.w_k @ rotation, rtol=0, atol=1e-13)
    np.testing.assert_allclose(found.w_v, plain.w_v, rtol=0, atol=1e-13)


def test_gradients_of_a_batch_are_the_sum_of_those_of_its_sentences(
    make: Make, rng: np.random.Generator
) -> None:
    arrays = draw(rng)
    whole = attention_gradients(**{name: make(each) for name, each in arrays.items()})
    parts = [
        attention_gradients(
            **{**arrays, "x": arrays["x"][at], "grad_output": arrays["grad_output"][at]}
        )
        for at in np.ndindex(2, 3)
    ]
    for name in ("w_q", "w_k", "w_v"):
        expected = sum(getattr(part, name) for part in parts)
        np.testing.assert_allclose(np.asarray(getattr(whole, name)), expected, rtol=0, atol=1e-12)


# Oracles


@pytest.mark.parametrize("options", [{}, {"is_causal": True}, {"scale": 0.3}])
def test_nudging_each_weight_gives_the_same(
    rng: np.random.Generator, options: dict[str, Any]
) -> None:
    arrays, step = draw(rng), 1e-6
    found = attention_gradients(**arrays, **options)
    for name in AttentionGradients._fields:
        for at in [tuple(rng.integers(SHAPES[name])) for _ in range(17)]:
            ends = []
            for sign in (1, -1):
                moved = arrays[name].copy()
                moved[at] += sign * step
                ends.append(loss({**arrays, name: moved}, **options))
            slope = (ends[0] - ends[1]) / (2 * step)
            assert math.isclose(getattr(found, name)[at], slope, rel_tol=0, abs_tol=1e-7)


def test_loops_over_single_numbers_give_the_same(make: Make, rng: np.random.Generator) -> None:
    arrays = draw(rng)
    x, g = arrays["x"][1, 2], arrays["grad_output"][1, 2]
    q, k, v = project_qkv(x, arrays["w_q"], arrays["w_k"], arrays["w_v"])
    grad_q = np.zeros((5, 7))
    for i in range(5):
        powers = [math.exp(math.fsum(q[i] * k[j]) / math.sqrt(7)) for j in range(5)]
        p = [power / math.fsum(powers) for power in powers]
        at_p = [math.fsum(g[i] * v[j]) for j in range(5)]
        for j in range(5):
            for m in range(5):  # how weight m moves with score j
                jacobian = p[m] * ((m == j) - p[j])
                grad_q[i] += at_p[m] * jacobian * k[j] / math.sqrt(7)
    found = attention_gradients(
        make(x), *(make(arrays[name]) for name in ("w_q", "w_k", "w_v")), make(g)
    )
    np.testing.assert_allclose(np.asarray(found.w_q), x.T @ grad_q, rtol=0, atol=1e-12)


@pytest.mark.parametrize("mask", ["none", "causal", "boolean", "added", "nothing visible"])
def test_autograd_gives_the_same(rng: np.random.Generator, mask: str) -> None:
    torch = pytest.importorskip("torch", reason="torch is an extra; `make test` installs it")
    arrays = {name: torch.tensor(each) for name, each in draw(rng).items()}
    visible = torch.tensor(rng.random((3, 5, 5)) < 0.6)
    visible[..., 0] = True
    hidden_row = visible.clone()
    hidden_row[1, 2] = False
    options: dict[str, Any] = {
        "none": {},
        "causal": {"is_causal": True, "scale": 0.7},
        "boolean": {"attn_mask": visible},
        "added": {"attn_mask": torch.tensor(rng.standard_normal((5, 5)))},
        "nothing visible": {"attn_mask": hidden_row},
    }[mask]
    found = attention_gradients(**arrays, **options)
    for name in AttentionGradients._fields:
        arrays[name] = arrays[name].clone().requires_grad_()
    loss(arrays, **options).backward()
    for name in AttentionGradients._fields:
        torch.testing.assert_close(getattr(found, name), arrays[name].grad, rtol=1e-11, atol=1e-12)


# Edges


def test_a_token_alone_teaches_its_value_and_nothing_else(make: Make) -> None:
    x, w = make([[2.0, 3.0]]), make([[1.0], [1.0]])
    found = attention_gradients(x, w, w, w, make([[7.0]]))
    assert np.asarray(found.w_q).tolist() == np.asarray(found.w_k).tolist() == [[0], [0]]
    assert np.asarray(found.w_v).tolist() == [[14], [21]]
    assert np.asarray(found.x).tolist() == [[7, 7]]


def test_no_tokens_teach_nothing(make: Make) -> None:
    w = make(np.ones((13, 7)))
    found = attention_gradients(make(np.ones((0, 13))), w, w, w, make(np.ones((0, 7))))
    assert tuple(found.x.shape) == (0, 13)
    assert not np.asarray(found.w_q).any()
    assert not np.asarray(found.w_v).any()


def test_where_nothing_is_visible_nothing_is_learned(make: Make, rng: np.random.Generator) -> None:
    arrays = {name: make(each) for name, each in draw(rng).items()}
    mask = make(np.zeros((5, 5))) > 0
    for each in attention_gradients(**arrays, attn_mask=mask):
        assert not np.asarray(each).any()


def test_a_hidden_token_gets_no_gradient_from_those_that_do_not_see_it(
    make: Make, rng: np.random.Generator
) -> None:
    arrays = draw(rng)
    arrays["grad_output"][..., 4, :] = 0  # the last token has no say itself
    like = make(arrays["x"])
    found = attention_gradients(
        **{name: make(each) for name, each in arrays.items()},
        attn_mask=causal_mask(5, 5, like=like),
    )
    assert not np.asarray(found.x)[..., 4, :].any()


@pytest.mark.parametrize(
    ("library", "dtype"), [("numpy", "float16"), ("torch", "bfloat16"), ("torch", "float16")]
)
def test_half_precision_is_computed_in_float32(
    rng: np.random.Generator, library: str, dtype: str
) -> None:
    arrays = draw(rng)
    expected = attention_gradients(**arrays, is_causal=True)
    if library == "torch":
        torch = pytest.importorskip("torch", reason="torch is an extra; `make test` installs it")
        half = {name: torch.tensor(each).to(getattr(torch, dtype)) for name, each in arrays.items()}
    else:
        half = {name: each.astype(dtype) for name, each in arrays.items()}
    mask = half["x"][0, 0, :, :5] * 0
    found = attention_gradients(**half, attn_mask=mask, is_causal=True)
    for name in AttentionGradients._fields:
        got, right = getattr(found, name), getattr(expected, name)
        assert got.dtype == half["x"].dtype
        got = np.asarray(got.float() if library == "torch" else got, dtype="float64")
        assert abs(got - right).max() < 0.03 * abs(right).max()


def test_the_dtype_survives_and_inputs_are_never_changed(
    make: Make, rng: np.random.Generator
) -> None:
    for dtype in ("float32", "float64"):
        arrays = draw(rng)
        made = {name: make(each, dtype) for name, each in arrays.items()}
        found = attention_gradients(**made)
        assert {each.dtype for each in found} == {made["x"].dtype}
        for name, each in arrays.items():
            np.testing.assert_array_equal(np.asarray(made[name]), each.astype(dtype))


# Errors

SAME_D_IN = "x and w_k must have the same d_in; got x (2, 3, 5, 13), w_k (17, 7)"
SAME_D_K = "w_q and w_k must have the same width d_k; got w_q (13, 7), w_k (13, 5)"


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (
            {"grad_output": (2, 3, 5, 7)},
            "grad_output must be (*batch, n, d_v), (2, 3, 5, 11); got grad_output (2, 3, 5, 7)",
        ),
        (
            {"grad_output": (5, 11)},
            "grad_output must be (*batch, n, d_v), (2, 3, 5, 11); got grad_output (5, 11)",
        ),
        ({"w_k": (17, 7)}, SAME_D_IN),
        ({"w_k": (13, 5)}, SAME_D_K),
    ],
)
def test_shapes_that_do_not_fit_are_refused(
    make: Make, changed: dict[str, tuple[int, ...]], message: str
) -> None:
    arrays = {name: make(np.ones(shape)) for name, shape in (SHAPES | changed).items()}
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        attention_gradients(**arrays)


def test_another_dtype_is_refused(make: Make) -> None:
    arrays = {name: make(np.ones(shape)) for name, shape in SHAPES.items()}
    arrays["grad_output"] = make(np.ones((2, 3, 5, 11)), "float32")
    with pytest.raises(TypeError, match="must have the same dtype; got x float64"):
        attention_gradients(**arrays)


def test_a_mask_is_refused_where_the_head_refuses_it(make: Make, rng: np.random.Generator) -> None:
    arrays = {name: make(each) for name, each in draw(rng).items()}
    for mask, error, message in (
        ([[True]], TypeError, "attn_mask must be an array of NumPy"),
        (make(np.zeros((5, 5)), "int64"), TypeError, "attn_mask must be boolean or have"),
        (make(np.zeros((5, 7)), "bool"), ValueError, "attn_mask must broadcast to (*batch"),
        (make(np.full((5, 5), math.nan)), ValueError, "attn_mask must be finite or -inf; got NaN"),
    ):
        with pytest.raises(error, match="^" + re.escape(message)):
            attention_gradients(**arrays, attn_mask=mask)


@pytest.mark.parametrize(("dtype", "of_mask"), [("float64", "float16"), ("float16", "float32")])
def test_a_mask_of_another_precision_is_refused_by_its_name(
    rng: np.random.Generator, dtype: str, of_mask: str
) -> None:
    arrays = {name: each.astype(dtype) for name, each in draw(rng).items()}
    message = f"attn_mask must be boolean or have the dtype of query, {dtype}; got {of_mask}"
    with pytest.raises(TypeError, match=f"^{message}$"):
        attention_gradients(**arrays, attn_mask=np.zeros((5, 5), of_mask))


def test_a_scale_that_is_no_number_is_refused(make: Make) -> None:
    arrays = {name: make(np.ones(shape)) for name, shape in SHAPES.items()}
    with pytest.raises(TypeError, match=r"^scale must be a finite number; got str$"):
        attention_gradients(**arrays, scale="2")  # type: ignore[arg-type]
