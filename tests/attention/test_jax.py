"""JAX: jit, grad and vmap of the functions on arrays give what NumPy and PyTorch give."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

jax = pytest.importorskip("jax", reason="the package needs no JAX; `make test` installs it")

import attention  # noqa: E402 - behind the skip
from attention.kv_cache import KVCache  # noqa: E402
from attention.masking import padding_mask  # noqa: E402
from attention.multi_head import multi_head_attention  # noqa: E402
from attention.position import alibi_bias, rotary, sinusoidal  # noqa: E402
from attention.tiling import tiled_attention  # noqa: E402

BATCH, N_Q, N_K, D_K, D_V = 3, 5, 13, 7, 11


@pytest.fixture(autouse=True)
def on_the_cpu() -> None:
    """Take no other device, whatever is there."""
    jax.config.update("jax_platforms", "cpu")


def inputs() -> list[Any]:
    rng = np.random.default_rng(29)
    shapes = (BATCH, N_Q, D_K), (BATCH, N_K, D_K), (BATCH, N_K, D_V), (N_Q, N_K)
    *arrays, mask = (rng.standard_normal(shape).astype(np.float32) for shape in shapes)
    return [*arrays, np.where(mask > 1, np.float32("-inf"), mask)]


def plain(query: Any, key: Any, value: Any, mask: Any) -> Any:
    return attention.scaled_dot_product_attention(
        query, key, value, mask, is_causal=True, offset=3, softcap=5.0
    )


def tiled(query: Any, key: Any, value: Any, mask: Any) -> Any:
    return tiled_attention(
        query, key, value, mask, is_causal=True, offset=3, softcap=5.0, block_q=3, block_k=7
    )


def close(found: Any, expected: Any) -> None:
    np.testing.assert_allclose(np.asarray(found), np.asarray(expected), rtol=0, atol=1e-5)


@pytest.mark.parametrize(
    "function",
    [plain, pytest.param(tiled, marks=pytest.mark.nightly)],  # it takes seconds
)
def test_jit_grad_and_vmap(function: Callable[..., Any]) -> None:
    torch = pytest.importorskip("torch", reason="torch is an extra; `make test` installs it")
    arrays = inputs()
    moved = [jax.numpy.asarray(each) for each in arrays]
    expected = plain(*arrays)
    close(jax.jit(lambda query: function(query, *moved[1:]))(moved[0]), expected)  # two classes
    close(jax.jit(jax.vmap(function, in_axes=(0, 0, 0, None)))(*moved), expected)
    tensors = [torch.from_numpy(each).requires_grad_() for each in arrays[:3]]
    wanted = torch.autograd.grad(
        plain(*tensors, torch.from_numpy(arrays[3])).square().sum(), tensors
    )
    loss = jax.jit(
        jax.grad(lambda *each: (function(*each, moved[3]) ** 2).sum(), argnums=(0, 1, 2))
    )
    for found, grad in zip(loss(*moved[:3]), wanted, strict=True):
        close(found, grad)


def test_what_is_no_mask_is_refused_where_values_are_known() -> None:
    one = jax.numpy.ones((1, 1))
    with pytest.raises(ValueError, match="attn_mask must be finite or -inf; got NaN"):
        attention.scaled_dot_product_attention(one, one, one, jax.numpy.nan * one)


def the_rest(x: Any, w: Any, positions: Any, lengths: Any) -> Any:
    """Rotary and sinusoidal positions, a bias, padding and several heads."""
    x = rotary(x, positions) + sinusoidal(N_Q, 12, like=x)
    mask = alibi_bias(6, N_Q, N_Q, like=x)
    options: dict[str, Any] = {"n_heads": 6, "is_causal": True}
    biased = multi_head_attention(x, w, w, w, w, attn_mask=mask, **options)
    return biased + multi_head_attention(
        x, w, w, w, w, attn_mask=padding_mask(lengths, N_Q)[:, None], **options
    )


def test_what_attention_is_made_of_runs_under_jit() -> None:
    rng = np.random.default_rng(31)
    x, w = (rng.random(s).astype(np.float32) / 2 for s in ((BATCH, N_Q, 12), (12, 12)))
    positions = np.array([0, 1, 4096, 131_071, 16_000_001], dtype=np.int32)
    arrays = x, w, positions, np.array([5, 2, 3], dtype=np.int32)
    moved = [jax.numpy.asarray(each) for each in arrays]
    close(jax.jit(the_rest)(*moved), the_rest(*arrays))  # NumPy's angles are float64, these not


def test_a_cache_is_written_in_place_which_jax_s_arrays_are_not() -> None:
    message = "^like must be of a library whose arrays are written in place, .*; got jax$"
    with pytest.raises(TypeError, match=message):
        KVCache.empty((), 1, capacity=3, d_k=1, d_v=1, like=jax.numpy.ones(1))


def test_arrays_of_two_libraries_are_still_two() -> None:
    query, key, value, _ = inputs()
    message = "query, key and value must have the same array library; got query jax, key numpy, "
    with pytest.raises(TypeError, match=message):
        attention.scaled_dot_product_attention(jax.numpy.asarray(query), key, value)
