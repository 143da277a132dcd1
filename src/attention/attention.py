"""The whole formula: score, scale, mask, weigh, mix."""

import math
from typing import Any, NamedTuple

from jaxtyping import Bool, Float

from attention._array import Array, matmul, narrow, widen
from attention._inputs import require_inputs, require_mask, require_options, require_sinks
from attention.masking import causal_mask
from attention.scaling import soft_cap
from attention.scores import dot_product_scores
from attention.softmax import softmax

__all__ = ["AttentionSteps", "attention_steps", "scaled_dot_product_attention"]


class AttentionSteps(NamedTuple):
    """Every stage of the formula, in order.

    All but the output are ``(*batch, n_q, n_k)``. Where the inputs are
    float16 or bfloat16, these stages are float32, and the output has the
    dtype of the inputs. Batch axes that value alone has are in the
    output alone.

    Attributes:
        scores: dot product of every query with every key.
        scaled: the scores times the scale.
        masked: what softmax sees: the scaled scores, bent by softcap if
            there is one, plus a floating-point mask if there is one, and
            -inf where a query may not look.
        weights: each row adds up to 1, or is all 0 if it may see nothing;
            with sinks, it adds up to at most 1.
        output: the values mixed by the weights, ``(*batch, n_q, d_v)``.
    """

    scores: Array
    scaled: Array
    masked: Array
    weights: Array
    output: Array


def scaled_dot_product_attention(
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
) -> Float[Array, "*batch n_q d_v"]:
    """Mix the values: each query weighs them by how well it matches their keys.

    ``softmax(query @ key.mT / sqrt(d_k)) @ value``. Arguments that
    PyTorch's function of this name also has mean the same here.

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
        enable_gqa: the third axis from the end counts heads and, unlike
            the other axes of batch, need not broadcast: query may have a
            multiple of key's and value's; its first heads read their
            first head, and so on.
        offset: how many keys lie before the first query, in tokens.
        softcap: a positive c; each scaled score s is bent to
            ``c * tanh(s / c)`` before masking.
        sinks: one more score for each head, of query's dtype, which joins
            each of its rows, as if a key were there whose value is zero:
            it takes weight and gives nothing. The third axis from the
            end counts heads. Neither scale nor softcap nor mask applies.

    Returns:
        One row per query, d_v wide; same dtype and device, also under
        ``torch.autocast``. A query that may see nothing gets zeros. A
        NaN in a key reaches the queries that may see that key. False in
        a mask and causality keep it from the others; -inf in a
        floating-point mask does not, since NaN plus -inf is NaN. A NaN
        in a value may reach any query.

    Raises:
        TypeError: if the arrays differ in library, dtype or device, or
            are not floating-point; if an option is of a wrong type.
        ValueError: if shapes do not fit, d_k is 0, scale is not finite,
            offset is negative, softcap is not positive and finite, or a
            floating-point mask holds NaN or +inf, where values are
            known: not while ``torch.compile``, ``vmap`` or ``jax.jit``
            records.

    Source:
        Vaswani et al. 2017, arXiv:1706.03762, section 3.2.1; for sinks,
        OpenAI 2025, gpt-oss, sdpa() of gpt_oss/torch/model.py.

    Examples:
        >>> import numpy as np
        >>> query = np.array([[0.0, 0.0], [9.0, 0.0]])
        >>> key = np.array([[1.0, 0.0], [-1.0, 0.0]])
        >>> value = np.array([[10.0], [20.0]])
        >>> scaled_dot_product_attention(query, key, value).round(3).tolist()
        [[15.0], [10.0]]
    """
    stages = _stages(
        query,
        key,
        value,
        attn_mask,
        is_causal=is_causal,
        scale=scale,
        enable_gqa=enable_gqa,
        offset=offset,
        softcap=softcap,
        keep_scores=False,
        sinks=sinks,
    )
    return stages.output


def attention_steps(
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
) -> AttentionSteps:
    """Compute :func:`scaled_dot_product_attention` and keep every stage.

    All arguments mean what they mean for that function.

    Args:
        query: one query per row.
        key: one key per row.
        value: one value per row, as many as keys.
        attn_mask: which keys a query may see, or what to add to the
            scaled scores.
        is_causal: hide later keys.
        scale: factor of the scores; ``1 / sqrt(d_k)`` if not given.
        enable_gqa: several query heads read one key and value head.
        offset: how many keys lie before the first query, in tokens.
        softcap: bound of the scaled scores.
        sinks: one more score for each head, whose value is zero.

    Returns:
        ``(scores, scaled, masked, weights, output)``.

    Raises:
        TypeError: as :func:`scaled_dot_product_attention` does.
        ValueError: as :func:`scaled_dot_product_attention` does.

    Examples:
        >>> import numpy as np
        >>> x = np.array([[2.0], [0.0]])
        >>> steps = attention_steps(x, x, x, is_causal=True)
        >>> steps.masked.tolist()
        [[4.0, -inf], [0.0, 0.0]]
        >>> steps.weights.tolist()
        [[1.0, 0.0], [0.5, 0.5]]
    """
    return _stages(
        query,
        key,
        value,
        attn_mask,
        is_causal=is_causal,
        scale=scale,
        enable_gqa=enable_gqa,
        offset=offset,
        softcap=softcap,
        keep_scores=True,
        sinks=sinks,
    )


def _stages(
    query: Array,
    key: Array,
    value: Array,
    attn_mask: Array | None,
    *,
    is_causal: bool,
    scale: float | None,
    enable_gqa: bool,
    offset: int,
    softcap: float | None,
    keep_scores: bool,
    sinks: Array | None,
) -> AttentionSteps:
    """Compute every stage of the formula; the scores without their scale only if they are kept.

    The scale is applied to the queries: they are fewer numbers than the scores, and a score that is
    too large for float32 before it is scaled, but not after, is never computed unscaled.
    """
    xp, shape = require_inputs(query, key, value, enable_gqa)
    require_options(scale, offset, softcap)
    if attn_mask is not None:
        require_mask(attn_mask, query, shape)
    if sinks is not None:
        require_sinks(sinks, query, shape)

    q, k, v = widen(query, xp), widen(key, xp), widen(value, xp)
    if enable_gqa:
        k = _repeat_heads(k, q.shape[-3], xp)
        v = _repeat_heads(v, q.shape[-3], xp)

    scores = dot_product_scores(q, k) if keep_scores else None  # (*batch, n_q, n_k)
    scaled = dot_product_scores(q * _factor(q.shape[-1], scale), k)
    capped = scaled if softcap is None else soft_cap(scaled, softcap)
    visible = _hide_later(capped, offset, xp) if is_causal else capped
    masked = visible if attn_mask is None else _apply_mask(visible, attn_mask, xp)
    # Each row of weights adds up to 1, or to 0 if it may see nothing; with a sink, to at most 1.
    weights = softmax(masked) if sinks is None else _with_sinks(masked, sinks, xp)
    output = narrow(matmul(weights, v), query, xp)  # (*batch, n_q, d_v)
    return AttentionSteps(scores, scaled, masked, weights, output)


def _repeat_heads(array: Array, n_heads: int, xp: Any) -> Array:
    """Repeat each head as often as query heads share it, next to each other."""
    return xp.repeat(array, n_heads // array.shape[-3], axis=-3)


def _factor(d_k: int, scale: float | None) -> float:
    """Return the scale that was asked for, or the usual one."""
    return 1 / math.sqrt(d_k) if scale is None else float(scale)


def _hide_later(scores: Array, offset: int, xp: Any) -> Array:
    """Set to -inf what query i may not see: the keys after ``i + offset``."""
    n_q, n_k = scores.shape[-2:]
    return xp.where(causal_mask(n_q, n_k, offset=offset, like=scores), scores, -xp.inf)


def _apply_mask(scores: Array, attn_mask: Array, xp: Any) -> Array:
    """Hide what a boolean mask calls False, or add a floating-point mask."""
    if xp.isdtype(attn_mask.dtype, "bool"):
        return xp.where(attn_mask, scores, -xp.inf)
    return scores + widen(attn_mask, xp)


def _with_sinks(masked: Array, sinks: Array, xp: Any) -> Array:
    """Let a score without a key join each row before softmax, and cut off its weight after it."""
    column = xp.broadcast_to(widen(sinks, xp)[:, None, None], (*masked.shape[:-1], 1))
    return softmax(xp.concat([masked, column], axis=-1))[..., :-1]
