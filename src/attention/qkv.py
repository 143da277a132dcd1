"""Make queries, keys and values out of tokens, by three learned matrices."""

from typing import NamedTuple

from jaxtyping import Float

from attention._array import Array, matmul, namespace_of, shapes_of

__all__ = ["QKV", "linear", "project_qkv"]


class QKV(NamedTuple):
    """What three projections make of sequences, one token per row; per head where heads are split.

    Attributes:
        query: what each token looks for, ``(*batch, n, d_k)``.
        key: what each token can be found by, ``(*batch, n, d_k)``.
        value: what each token hands over, ``(*batch, n, d_v)``.
    """

    query: Array
    key: Array
    value: Array


def linear(
    x: Float[Array, "*batch n d_in"], weight: Float[Array, "d_in d_out"]
) -> Float[Array, "*batch n d_out"]:
    """Multiply each row of ``x``, a token, by a matrix: ``x @ weight``.

    Args:
        x: one token per row.
        weight: one output feature per column, ``(d_in, d_out)``; PyTorch's
            ``Linear`` stores the transpose.

    Returns:
        One token per row, d_out features wide; same dtype and device.

    Raises:
        TypeError: if x and weight differ in library, dtype or device,
            or are not floating-point.
        ValueError: if an axis is missing or d_in differs.

    Examples:
        >>> import numpy as np
        >>> token = np.array([[1.0, 2.0]])
        >>> weight = np.array([[1.0, 0.0, 5.0], [0.0, 1.0, 5.0]])
        >>> linear(token, weight).tolist()
        [[1.0, 2.0, 15.0]]
    """
    namespace_of(x=x, weight=weight)
    require_product(x=x, weight=weight)
    return matmul(x, weight)


def project_qkv(
    x: Float[Array, "*batch n d_model"],
    w_q: Float[Array, "d_model d_k"],
    w_k: Float[Array, "d_model d_k"],
    w_v: Float[Array, "d_model d_v"],
) -> QKV:
    """Make the query, key and value of every token.

    Args:
        x: one token per row, d_model features wide.
        w_q: matrix of the queries, ``(d_model, d_k)``.
        w_k: matrix of the keys, of the same shape.
        w_v: matrix of the values, ``(d_model, d_v)``.

    Returns:
        ``(query, key, value)``; same dtype and device.

    Raises:
        TypeError: if the arguments differ in library, dtype or device,
            or are not floating-point.
        ValueError: if d_model or d_k differ, or an axis is missing.

    Source:
        Vaswani et al. 2017, arXiv:1706.03762, section 3.2.2.

    Examples:
        >>> import numpy as np
        >>> x = np.array([[1.0, 2.0]])
        >>> w_q, w_k, w_v = np.eye(2), 2 * np.eye(2), np.ones((2, 1))
        >>> query, key, value = project_qkv(x, w_q, w_k, w_v)
        >>> query.tolist(), key.tolist(), value.tolist()
        ([[1.0, 2.0]], [[2.0, 4.0]], [[3.0]])
    """
    namespace_of(x=x, w_q=w_q, w_k=w_k, w_v=w_v)
    for name, weight in {"w_q": w_q, "w_k": w_k, "w_v": w_v}.items():
        require_product(**{"x": x, name: weight})
    if w_q.shape[-1] != w_k.shape[-1]:
        raise ValueError(
            f"w_q and w_k must have the same width d_k; got {shapes_of(w_q=w_q, w_k=w_k)}"
        )
    return QKV(linear(x, w_q), linear(x, w_k), linear(x, w_v))


def require_product(**arrays: Array) -> None:
    """Raise ValueError unless rows of the first can be multiplied by the second, a matrix."""
    (first, x), (second, weight) = arrays.items()
    if x.ndim < 2 or weight.ndim != 2:
        raise ValueError(
            f"{first} must be (*batch, n, d_in) and {second} (d_in, d_out); "
            f"got {shapes_of(**arrays)}"
        )
    if x.shape[-1] != weight.shape[0]:
        raise ValueError(f"{first} and {second} must have the same d_in; got {shapes_of(**arrays)}")
