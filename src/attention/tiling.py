"""Attention one block of scores at a time: the same answer, and never a table of all scores."""

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import array_api_compat
from jaxtyping import Bool, Float

from attention._array import (
    Array,
    library_of,
    namespace_of,
    narrow,
    require_count,
    shape_of,
    widen,
)
from attention._inputs import require_inputs, require_mask, require_options
from attention.attention import _apply_mask, _repeat_heads
from attention.scaling import soft_cap

__all__ = ["merge", "tiled_attention"]


class _Running(NamedTuple):
    """What is known of some queries after the keys that they have met so far."""

    highest: Array  # (*batch, n_q, 1), the highest score; -inf before any was visible
    total: Array  # (*batch, n_q, 1), the sum of exp(score - highest)
    mixed: Array  # (*batch, n_q, d_v), the values mixed by these powers, not yet divided by total


def tiled_attention(
    query: Float[Array, "*#batch n_q d_k"],
    key: Float[Array, "*#batch n_k d_k"],
    value: Float[Array, "*#batch n_k d_v"],
    attn_mask: Bool[Array, "..."] | Float[Array, "..."] | None = None,
    *,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
    offset: int = 0,
    softcap: float | None = None,
    block_q: int = 256,
    block_k: int = 512,
    return_lse: bool = False,
) -> (
    Float[Array, "*batch n_q d_v"]
    | tuple[Float[Array, "*batch n_q d_v"], Float[Array, "*batch n_q"]]
):
    """Mix the values as :func:`~attention.attention.scaled_dot_product_attention` does, in blocks.

    Exact: the same formula, in another order. Of the scores, only
    ``block_q`` times ``block_k`` exist at any time (for each entry of the
    batch), so that the memory grows with n_q and n_k, not with their
    product. Blocks that causality hides are never computed. PyTorch keeps
    all blocks nevertheless where it is to compute gradients.

    Args:
        query: this and all others as there.
        key: one key a row.
        value: one value a row.
        attn_mask: which keys a query may see.
        is_causal: hide later keys.
        scale: factor of the scores.
        enable_gqa: several query heads read one key and value head.
        offset: how many keys lie before the first query.
        softcap: bound of the scaled scores.
        block_q: how many queries are taken at a time.
        block_k: how many keys are taken at a time.
        return_lse: also return the logarithm of what each row was divided
            by, ``log(sum(exp(masked)))``; :func:`merge` needs it.

    Returns:
        One row a query, d_v wide; same dtype and device. A query that
        sees nothing gets zeros. With ``return_lse``, a pair of these and
        of one number a query, float32 or wider; -inf if it sees nothing.

    Raises:
        TypeError: as there; or if a block size is no integer.
        ValueError: as there; or if a block size is less than 1.

    Source:
        Milakov and Gimelshein 2018, arXiv:1805.02867, section 3; Rabe and
        Staats 2021, arXiv:2112.05682; Dao 2023, arXiv:2307.08691,
        algorithm 1.

    Examples:
        >>> import numpy as np
        >>> x = np.array([[0.0], [9.0]])
        >>> output, lse = tiled_attention(x, x, x, is_causal=True, block_k=1, return_lse=True)
        >>> output.tolist(), lse.tolist()
        ([[0.0], [9.0]], [0.0, 81.0])
    """
    xp, shape, came = require_inputs(query, key, value, enable_gqa)
    require_options(scale, offset, softcap)
    past = require_count("offset", offset)
    q_at_once = require_count("block_q", block_q, "queries", least=1)
    k_at_once = require_count("block_k", block_k, "keys", least=1)
    if attn_mask is not None:
        require_mask(attn_mask, query, shape, came)

    k, v = widen(key, xp), widen(value, xp)
    if enable_gqa:
        k = _repeat_heads(k, query.shape[-3], xp)
        v = _repeat_heads(v, query.shape[-3], xp)
    *batch, n_q, n_k = shape
    factor = 1 / math.sqrt(query.shape[-1]) if scale is None else float(scale)
    device = array_api_compat.device(query)
    output = xp.empty((*batch, n_q, v.shape[-1]), dtype=query.dtype, device=device)
    lse = xp.empty((*batch, n_q), dtype=k.dtype, device=device)

    for rows in _blocks(0, n_q, q_at_once):
        q = widen(query[..., rows, :], xp) * factor  # once, rather than each of their scores
        n_before = min(n_k, past + rows.start) if is_causal else n_k  # keys that all of these see
        n_seen = min(n_k, past + rows.stop) if is_causal else n_k  # and that the last of them sees
        running = _nothing_met(q, v, xp)
        for columns in (*_blocks(0, n_before, k_at_once), *_blocks(n_before, n_seen, k_at_once)):
            scaled = q @ k[..., columns, :].mT  # (*batch, block_q, block_k)
            capped = scaled if softcap is None else soft_cap(scaled, softcap)
            all_seen = columns.stop <= n_before
            visible = capped if all_seen else _hide_later(capped, rows, columns, past, xp)
            masked = visible if attn_mask is None else _mask(visible, attn_mask, rows, columns, xp)
            running = _absorb(running, masked, v[..., columns, :], xp)
        mixture, lse[..., rows] = _finish(running, xp)
        output[..., rows, :] = narrow(mixture, query, xp)
    return (output, lse) if return_lse else output


def merge(
    output_a: Float[Array, "*batch n_q d_v"],
    lse_a: Float[Array, "*batch n_q"],
    output_b: Float[Array, "*batch n_q d_v"],
    lse_b: Float[Array, "*batch n_q"],
) -> tuple[Float[Array, "*batch n_q d_v"], Float[Array, "*batch n_q"]]:
    """Join what the same queries found among two sets of keys that share none.

    ``exp(lse)`` is the sum that a row of output was divided by; multiplied
    by it again, rows are sums over keys, and sums over disjoint keys add up.
    So any order of merging gives the same, and (0, -inf) changes nothing.

    Args:
        output_a: what :func:`tiled_attention` returned for the first keys.
        lse_a: natural logarithm of the sum behind each of its rows.
        output_b: the same for the other keys.
        lse_b: the same for the other keys.

    Returns:
        Output and lse, as if all keys had been there at once. float16
        and bfloat16 are computed in float32, and lse stays in it.

    Raises:
        TypeError: if the outputs or the lse differ in dtype, or any in
            library or device, or are not floating.
        ValueError: if shapes do not fit.

    Source:
        Milakov and Gimelshein 2018, arXiv:1805.02867, section 3.1, for
        the sums; Rabe and Staats 2021, arXiv:2112.05682, for the output.

    Examples:
        >>> import numpy as np
        >>> one, log_sum = np.array([[1.0]]), np.array([np.log(3.0)])
        >>> output, lse = merge(one, log_sum, 5 * one, np.zeros(1))
        >>> output.tolist(), np.exp(lse).round(9).tolist()
        ([[2.0]], [4.0])
    """
    xp = _require_parts(output_a, lse_a, output_b, lse_b)
    a, b = widen(lse_a, xp)[..., None], widen(lse_b, xp)[..., None]
    highest = _detached(xp.maximum(a, b))
    shift = _finite(highest, xp)
    power_a, power_b = xp.exp(a - shift), xp.exp(b - shift)
    mixed = power_a * output_a + power_b * output_b
    output, lse = _finish(_Running(highest, power_a + power_b, mixed), xp)
    return narrow(output, output_a, xp), lse


def _nothing_met(q: Array, v: Array, xp: Any) -> _Running:
    """Return what queries know before the first key; batch axes come with the first block."""
    n_q, device = q.shape[-2], array_api_compat.device(q)
    highest = xp.full((n_q, 1), -xp.inf, dtype=q.dtype, device=device)
    total = xp.zeros((n_q, 1), dtype=q.dtype, device=device)
    mixed = xp.zeros((n_q, v.shape[-1]), dtype=q.dtype, device=device)
    return _Running(highest, total, mixed)


def _absorb(running: _Running, masked: Array, value: Array, xp: Any) -> _Running:
    """Let the queries meet one more block of keys: its masked scores, and its values."""
    highest = xp.maximum(running.highest, xp.max(_detached(masked), axis=-1, keepdims=True))
    shift = _finite(highest, xp)
    masked -= shift  # in place, which saves memory for another block, and time
    powers = xp.exp(masked)  # (*batch, block_q, block_k), at most 1
    correction = xp.exp(running.highest - shift)  # of sums from which a lower one was subtracted
    ones = xp.ones_like(masked[..., 0, :, None])  # (*batch, block_k, 1), for a product as a sum
    total = correction * running.total + powers @ ones
    mixed = correction * running.mixed + powers @ value
    return _Running(highest, total, mixed)


def _finish(running: _Running, xp: Any) -> tuple[Array, Array]:
    """Divide once, at the end; return output and log-sum-exp, (*batch, n_q)."""
    total = xp.where(running.total == 0, 1.0, running.total)  # of no key: 0 / 1 and log(1)
    lse = running.highest + xp.log(total)
    return running.mixed / total, lse[..., 0]


def _finite(highest: Array, xp: Any) -> Array:
    """Return what to subtract: nothing from a row of -inf, where -inf - -inf would be NaN."""
    return xp.where(highest == -xp.inf, 0.0, highest)


def _detached(scores: Array) -> Array:
    """Return the numbers alone: what is subtracted changes no result, and has no gradient."""
    return scores.detach() if hasattr(scores, "detach") else scores


def _blocks(first: int, end: int, size: int) -> Iterator[slice]:
    """Cut rows or columns, from the first up to the end, into blocks; the last may be shorter."""
    return (slice(start, min(start + size, end)) for start in range(first, end, size))


def _hide_later(scores: Array, rows: slice, columns: slice, offset: int, xp: Any) -> Array:
    """Set to -inf what a query of this block may not see: the keys behind ``i + offset``."""
    like = {"dtype": xp.int32, "device": array_api_compat.device(scores)}  # int64 is slower
    queries = xp.arange(rows.start + offset, rows.stop + offset, **like)
    keys = xp.arange(columns.start, columns.stop, **like)
    return xp.where(keys[None, :] <= queries[:, None], scores, -xp.inf)


def _mask(scores: Array, attn_mask: Array, rows: slice, columns: slice, xp: Any) -> Array:
    """Apply this block of a mask, in which an axis that is missing or 1 serves all blocks."""
    if attn_mask.ndim > 0 and attn_mask.shape[-1] > 1:
        attn_mask = attn_mask[..., columns]
    if attn_mask.ndim > 1 and attn_mask.shape[-2] > 1:
        attn_mask = attn_mask[..., rows, :]
    return _apply_mask(scores, attn_mask, xp)


def _require_parts(output_a: Array, lse_a: Array, output_b: Array, lse_b: Array) -> Any:
    """Raise unless the two parts fit together; return their array library."""
    namespace_of(output_a=output_a, output_b=output_b)
    namespace_of(lse_a=lse_a, lse_b=lse_b)
    came = (
        f"got output_a {shape_of(output_a)}, lse_a {shape_of(lse_a)}, "
        f"output_b {shape_of(output_b)}, lse_b {shape_of(lse_b)}"
    )
    if output_a.ndim < 2 or output_b.shape != output_a.shape:
        raise ValueError(f"output_a and output_b are both (*batch, n_q, d_v); {came}")
    if not tuple(lse_a.shape) == tuple(lse_b.shape) == tuple(output_a.shape[:-1]):
        raise ValueError(f"lse_a and lse_b are (*batch, n_q), as their outputs; {came}")
    return library_of(output_a=output_a, lse_a=lse_a)
