"""How each parameter of one head would have to change: back-propagation by hand."""

import math
from typing import Any, NamedTuple

from jaxtyping import Bool, Float

from attention._array import Array, matmul, namespace_of, narrow, shapes_of, widen
from attention._inputs import require_mask
from attention.attention import attention_steps
from attention.qkv import project_qkv

__all__ = ["AttentionGradients", "attention_gradients"]


class AttentionGradients(NamedTuple):
    """How fast a loss grows with each entry of what went into one head.

    Attributes:
        w_q: gradient of the loss with respect to the matrix of the
            queries, ``(d_model, d_k)``.
        w_k: with respect to the matrix of the keys, of the same shape.
        w_v: with respect to the matrix of the values, ``(d_model, d_v)``.
        x: with respect to the tokens, ``(*batch, n, d_model)``; earlier
            layers go on from it.
    """

    w_q: Array
    w_k: Array
    w_v: Array
    x: Array


def attention_gradients(
    x: Float[Array, "*batch n d_model"],
    w_q: Float[Array, "d_model d_k"],
    w_k: Float[Array, "d_model d_k"],
    w_v: Float[Array, "d_model d_v"],
    grad_output: Float[Array, "*batch n d_v"],
    attn_mask: Bool[Array, "..."] | Float[Array, "..."] | None = None,
    *,
    is_causal: bool = False,
    scale: float | None = None,
) -> AttentionGradients:
    """Carry a gradient from the output of one head back to its parameters.

    The head computes ``softmax(q @ k.mT * scale) @ v`` with
    ``q, k, v = x @ w_q, x @ w_k, x @ w_v``. Matrices are shared by all
    sentences of a batch, so their gradients are sums over it.

    Args:
        x: one token per row.
        w_q: matrix of the queries.
        w_k: matrix of the keys.
        w_v: matrix of the values.
        grad_output: how fast the loss grows with each entry of the
            output.
        attn_mask: that of the head; broadcasts to ``(*batch, n, n)``.
            Boolean: True is visible. Floating-point, of x's dtype: added
            to the scaled scores; -inf hides.
        is_causal: query i sees key j if ``j <= i``.
        scale: factor of the scores; ``1 / sqrt(d_k)`` if not given.

    Returns:
        ``(w_q, w_k, w_v, x)``, each with the shape of what it belongs
        to; same dtype and device.

    Raises:
        TypeError: if the arrays differ in library, dtype or device, are
            not floating-point, or an option is of a wrong type.
        ValueError: if shapes do not fit, or an option is out of range.

    Source:
        Vaswani et al. 2017, arXiv:1706.03762, section 3.2.1, derived.

    Examples:
        >>> import numpy as np
        >>> x, one = np.array([[1.0], [0.0]]), np.array([[1.0]])
        >>> down = np.array([[0.0], [1.0]])
        >>> grads = attention_gradients(x, one, one, 4 * one, down)
        >>> grads.w_v.tolist(), grads.w_q.tolist(), grads.w_k.tolist()
        ([[0.5]], [[0.0]], [[0.0]])
    """
    xp = namespace_of(x=x, w_q=w_q, w_k=w_k, w_v=w_v, grad_output=grad_output)
    query, key, value = project_qkv(*(widen(array, xp) for array in (x, w_q, w_k, w_v)))
    if tuple(grad_output.shape) != tuple(value.shape):
        raise ValueError(
            f"grad_output must be (*batch, n, d_v), {tuple(value.shape)}; "
            f"got {shapes_of(grad_output=grad_output)}"
        )
    if attn_mask is not None:
        require_mask(attn_mask, x, (*x.shape[:-1], x.shape[-2]))
        if not xp.isdtype(attn_mask.dtype, "bool"):
            attn_mask = widen(attn_mask, xp)
    steps = attention_steps(query, key, value, attn_mask, is_causal=is_causal, scale=scale)
    factor = query.shape[-1] ** -0.5 if scale is None else float(scale)

    p, g = steps.weights, widen(grad_output, xp)  # (*batch, n, n), (*batch, n, d_v)
    grad_value = matmul(p.mT, g)
    grad_weights = matmul(g, value.mT)  # (*batch, n, n)
    mean = xp.sum(p * grad_weights, axis=-1, keepdims=True)
    grad_scores = factor * p * (grad_weights - mean)  # each row sums to 0
    grad_query = matmul(grad_scores, key)
    grad_key = matmul(grad_scores.mT, query)

    pairs = ((w_q, grad_query), (w_k, grad_key), (w_v, grad_value))
    grad_x = sum(matmul(grad, widen(weight, xp).mT) for weight, grad in pairs)
    grads = (*(_collect(x, grad, xp) for _, grad in pairs), grad_x)
    return AttentionGradients(*(narrow(grad, x, xp) for grad in grads))


def _collect(x: Array, grad: Array, xp: Any) -> Array:
    """Sum what all tokens of all sentences ask of the matrix that turned them."""
    rows = math.prod(x.shape[:-1])
    tokens = xp.reshape(widen(x, xp), (rows, x.shape[-1]))
    return matmul(tokens.mT, xp.reshape(grad, (rows, grad.shape[-1])))  # (d_model, d)
