"""Attention one block of scores at a time: the same answer, and never a table of all scores."""

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import array_api_compat
from jaxtyping import Bool, Float

from attention._array import (
    Array,
    concat,
    library_of,
    matmul,
    namespace_of,
    narrow,
    require_count,
    shapes_of,
    widen,
)
from attention._inputs import require_inputs, require_mask, require_options, require_sinks
from attention.attention import _apply_mask, _repeat_heads
from attention.scaling import soft_cap

__all__ = ["merge", "tiled_attention"]


class _Running(NamedTuple):
    """What is known of a block of queries after the keys so far, by the names of the papers.

    Attributes:
        m: the highest score, ``(*batch, n_q, 1)``; -inf before any is
            visible.
        l: the sum of ``exp(score - m)``, ``(*batch, n_q, 1)``.
        acc: the accumulated values, each times its ``exp(score - m)``,
            ``(*batch, n_q, d_v)``; divided by l only at the end.
    """

    m: Array
    l: Array
    acc: Array


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
    sinks: Float[Array, "n_heads"] | None = None,
    block_q: int = 256,
    block_k: int = 512,
    return_lse: bool = False,
) -> (
    Float[Array, "*batch n_q d_v"]
    | tuple[Float[Array, "*batch n_q d_v"], Float[Array, "*batch n_q"]]
):
    """Mix the values as :func:`~attention.attention.scaled_dot_product_attention` does, in blocks.

    Exact: the same formula, in another order, so only rounding differs.
    Of the scores, only ``block_q`` times ``block_k`` exist at any time
    (for each entry of the batch), so that the memory grows with n_q and
    n_k, not with their product. Blocks that causality hides are never
    computed. When gradients are to be computed, PyTorch keeps all blocks.
    A function that ``torch.compile`` has recorded serves every length
    that takes the same number of blocks.

    Args:
        query: one query per row.
        key: one key per row.
        value: one value per row, as many as keys.
        attn_mask: broadcasts to ``(*batch, n_q, n_k)``. Boolean: True
            is visible. Floating-point, of query's dtype: added to the
            scaled scores; -inf hides.
        is_causal: query i sees key j if ``j <= i + offset``; with a mask
            as well, both apply.
        scale: factor of the scores; ``1 / sqrt(d_k)`` if not given.
        enable_gqa: the third axis from the end counts heads and need not
            broadcast: query may have a multiple of key's and value's.
        offset: how many keys lie before the first query, in tokens.
        softcap: a positive c; each scaled score s is bent to
            ``c * tanh(s / c)`` before masking.
        sinks: one more score for each head, of query's dtype, as if a key
            were there whose value is zero. It counts in lse: if parts
            are to be merged, give sinks to one of them only.
        block_q: how many queries are taken at a time.
        block_k: how many keys are taken at a time.
        return_lse: also return the logarithm of what each row was divided
            by, ``log(sum(exp(masked)))``; :func:`merge` needs it.

    Returns:
        One row per query, d_v wide; same dtype and device. A query that
        sees nothing gets zeros. With ``return_lse``, a pair of these and
        of one number per query, float32 or wider; -inf if it sees
        nothing.

    Raises:
        TypeError: as ``scaled_dot_product_attention`` does; or if a block
            size is not an integer.
        ValueError: as ``scaled_dot_product_attention`` does; or if a
            block size is less than 1.

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
    xp, shape = require_inputs(query, key, value, enable_gqa)
    require_options(scale, offset, softcap)
    past = require_count("offset", offset)
    q_at_once = require_count("block_q", block_q, least=1)
    k_at_once = require_count("block_k", block_k, least=1)
    if attn_mask is not None:
        require_mask(attn_mask, query, shape)
    if sinks is not None:
        require_sinks(sinks, query, shape)

    k, v = widen(key, xp), widen(value, xp)
    if enable_gqa:
        k = _repeat_heads(k, query.shape[-3], xp)
        v = _repeat_heads(v, query.shape[-3], xp)
    *batch, n_q, n_k = shape
    factor = 1 / math.sqrt(query.shape[-1]) if scale is None else float(scale)
    if n_q == 0 or n_k == 0:  # no block; products without a summand are zeros, with gradients
        output = matmul(matmul(widen(query, xp), k.mT), v)
        empty = -xp.inf if sinks is None else widen(sinks, xp)[:, None]
        nothing = xp.sum(output, axis=-1) + empty
        output = narrow(output, query, xp)
        return (output, nothing) if return_lse else output

    outputs, log_sums = [], []
    for rows in _blocks(0, n_q, q_at_once):
        q = widen(query[..., rows, :], xp) * factor  # once, rather than each of their scores
        n_before = min(n_k, past + rows.start) if is_causal else n_k  # keys that all of these see
        n_seen = min(n_k, past + rows.stop) if is_causal else n_k  # and that the last of them sees
        running = _nothing_seen(q, v, xp) if sinks is None else _sink_seen(q, v, sinks, xp)
        for columns in (*_blocks(0, n_before, k_at_once), *_blocks(n_before, n_seen, k_at_once)):
            scaled = matmul(q, k[..., columns, :].mT)  # (*batch, block_q, block_k)
            capped = scaled if softcap is None else soft_cap(scaled, softcap)
            all_seen = columns.stop <= n_before
            visible = capped if all_seen else _hide_later(capped, rows, columns, past, xp)
            masked = visible if attn_mask is None else _mask(visible, attn_mask, rows, columns, xp)
            running = _absorb(running, masked, v[..., columns, :], xp)
        mixture, log_sum = _finish(running, xp)
        outputs.append(narrow(mixture, query, xp))
        log_sums.append(log_sum)
    output = _joined(outputs, -2, xp)
    if not return_lse:
        return output
    zeros = xp.zeros((*batch, n_q), dtype=k.dtype, device=array_api_compat.device(query))
    return output, _joined(log_sums, -1, xp) + zeros  # batch axes of values, too


def merge(
    output_a: Float[Array, "*batch n_q d_v"],
    lse_a: Float[Array, "*batch n_q"],
    output_b: Float[Array, "*batch n_q d_v"],
    lse_b: Float[Array, "*batch n_q"],
) -> tuple[Float[Array, "*batch n_q d_v"], Float[Array, "*batch n_q"]]:
    """Join the results of the same queries over two sets of keys that share none.

    ``exp(lse)`` is the sum that a row of output was divided by; multiplied
    by it again, rows are sums over keys, and sums over disjoint keys add up.
    So any order of merging gives the same up to rounding, and (0, -inf)
    changes nothing.

    Args:
        output_a: what :func:`tiled_attention` returned for the first keys.
        lse_a: natural logarithm of the sum that each of its rows was
            divided by.
        output_b: the same for the other keys.
        lse_b: the same for the other keys.

    Returns:
        Output and lse, as if all keys had been there at once. float16
        and bfloat16 are computed in float32, and lse stays in it.

    Raises:
        TypeError: if the outputs or the lse differ in dtype, or any in
            library or device, or are not floating-point.
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
    m = _detached(xp.maximum(a, b))
    shift = _finite(m, xp)
    p_a, p_b = xp.exp(a - shift), xp.exp(b - shift)
    output, lse = _finish(_Running(m, p_a + p_b, p_a * output_a + p_b * output_b), xp)
    return narrow(output, output_a, xp), lse


def _nothing_seen(q: Array, v: Array, xp: Any) -> _Running:
    """Return what is known before the first key; batch axes come with the first block."""
    n_q, device = q.shape[-2], array_api_compat.device(q)
    m = xp.full((n_q, 1), -xp.inf, dtype=q.dtype, device=device)
    l = xp.zeros((n_q, 1), dtype=q.dtype, device=device)
    acc = xp.zeros((n_q, v.shape[-1]), dtype=q.dtype, device=device)
    return _Running(m, l, acc)


def _sink_seen(q: Array, v: Array, sinks: Array, xp: Any) -> _Running:
    """Return what is known after the sink of a head: after a key whose value is zero."""
    nothing = _nothing_seen(q, v, xp)
    scores = widen(sinks, xp)[:, None, None] + xp.zeros_like(nothing.l)  # (n_heads, n_q, 1)
    m = _detached(scores)
    return _Running(m, xp.exp(scores - _finite(m, xp)), nothing.acc)


def _absorb(running: _Running, masked: Array, value: Array, xp: Any) -> _Running:
    """Add one more block of keys: its masked scores, and its values.

    ``alpha`` brings sums from which the old m was subtracted to the new m.
    """
    m = xp.maximum(running.m, xp.max(_detached(masked), axis=-1, keepdims=True))
    shift = _finite(m, xp)
    masked -= shift  # in place: no memory for a second block, and less time
    p = xp.exp(masked)  # (*batch, block_q, block_k), at most 1
    alpha = xp.exp(running.m - shift)  # (*batch, block_q, 1), at most 1
    ones = xp.ones_like(masked[..., 0, :, None])  # p @ ones, the sum of each row, as a product
    l = alpha * running.l + matmul(p, ones)
    acc = alpha * running.acc + matmul(p, value)
    return _Running(m, l, acc)


def _finish(running: _Running, xp: Any) -> tuple[Array, Array]:
    """Divide once, at the end; return output and log-sum-exp, (*batch, n_q)."""
    l = xp.where(running.l == 0, 1.0, running.l)  # where nothing was visible: 0 / 1 and log(1)
    lse = running.m + xp.log(l)
    return running.acc / l, lse[..., 0]


def _finite(m: Array, xp: Any) -> Array:
    """Return what to subtract: nothing where m is -inf, since -inf - -inf would be NaN."""
    return xp.where(m == -xp.inf, 0.0, m)


def _detached(scores: Array) -> Array:
    """Return the numbers alone: what is subtracted changes no result, and has no gradient."""
    return scores.detach() if hasattr(scores, "detach") else scores


def _blocks(first: int, end: int, size: int) -> Iterator[slice]:
    """Cut rows or columns, from the first up to the end, into blocks; the last may be shorter.

    Only how many there are is asked: a compiled function serves all lengths of as many blocks.
    """
    while first + size < end:
        yield slice(first, first + size)
        first = first + size
    if first < end:
        yield slice(first, end)


def _joined(blocks: list[Array], axis: int, xp: Any) -> Array:
    """Put blocks behind each other; nothing is written in place, which JAX and vmap refuse."""
    return blocks[0] if len(blocks) == 1 else concat(blocks, axis, xp)


def _hide_later(scores: Array, rows: slice, columns: slice, offset: int, xp: Any) -> Array:
    """Set to -inf what a query of this block may not see: the keys after ``i + offset``."""
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
    if output_a.ndim < 2 or output_b.shape != output_a.shape:
        raise ValueError(
            "output_a and output_b must be (*batch, n_q, d_v), both of one shape; "
            f"got {shapes_of(output_a=output_a, output_b=output_b)}"
        )
    if not tuple(lse_a.shape) == tuple(lse_b.shape) == tuple(output_a.shape[:-1]):
        raise ValueError(
            f"lse_a and lse_b must be (*batch, n_q), {tuple(output_a.shape[:-1])}; "
            f"got {shapes_of(lse_a=lse_a, lse_b=lse_b)}"
        )
    return library_of(output_a=output_a, lse_a=lse_a)
