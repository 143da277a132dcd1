"""Other ways to score how well a query matches a key, beside the dot product."""

from jaxtyping import Float

from attention._array import Array, namespace_of, narrow, shapes_of, widen
from attention.dot_product import dot, l2_normalize
from attention.qkv import linear, require_product
from attention.scores import dot_product_scores, require_pairs

__all__ = [
    "additive_scores",
    "bilinear_scores",
    "cosine_scores",
    "negative_squared_distance_scores",
]


def cosine_scores(
    query: Float[Array, "*#batch n_q d_k"],
    key: Float[Array, "*#batch n_k d_k"],
) -> Float[Array, "*#batch n_q n_k"]:
    """Score every pair by the cosine of the angle between the two.

    Each row is normalised once, before the matrix product, and not once
    per pair.

    Args:
        query: one query per row.
        key: one key per row, of the same width.

    Returns:
        Scores from -1 to 1, up to rounding; 0 with a zero vector. In
        float32, lengths must lie between about 1e-19 and 1.8e19, as for
        l2_normalize.

    Raises:
        TypeError: if query and key differ in library, dtype or device,
            or are not floating-point.
        ValueError: if the shapes do not fit.

    Examples:
        >>> import numpy as np
        >>> q, k = np.array([[3.0, 4.0]]), np.array([[30.0, 40.0]])
        >>> cosine_scores(q, k).round(3).tolist()
        [[1.0]]
    """
    xp = namespace_of(query=query, key=key)
    require_pairs(query, key)
    unit_query = l2_normalize(widen(query, xp))
    unit_key = l2_normalize(widen(key, xp))
    return narrow(dot_product_scores(unit_query, unit_key), query, xp)


def negative_squared_distance_scores(
    query: Float[Array, "*#batch n_q d_k"],
    key: Float[Array, "*#batch n_k d_k"],
) -> Float[Array, "*#batch n_q n_k"]:
    """Score every pair by ``-|q - k|²``: the nearer, the higher.

    It is computed as ``2 q·k - |q|² - |k|²``, one matrix product and
    two sums. Where q and k are much longer than their distance, digits
    are lost: the rounding error is about that of ``|q|²``.

    Args:
        query: one query per row.
        key: one key per row, of the same width.

    Returns:
        Scores of at most 0, up to rounding.

    Raises:
        TypeError: if query and key differ in library, dtype or device,
            or are not floating-point.
        ValueError: if the shapes do not fit.

    Examples:
        >>> import numpy as np
        >>> q, k = np.array([[1.0, 0.0]]), np.array([[0.0, 1.0]])
        >>> negative_squared_distance_scores(q, k).tolist()
        [[-2.0]]
    """
    xp = namespace_of(query=query, key=key)
    require_pairs(query, key)
    q, k = widen(query, xp), widen(key, xp)
    products = dot_product_scores(q, k)  # (*batch, n_q, n_k)
    query_squares = dot(q, q)[..., :, None]  # (*batch, n_q, 1)
    key_squares = dot(k, k)[..., None, :]  # (*batch, 1, n_k)
    return narrow(2 * products - query_squares - key_squares, query, xp)


def bilinear_scores(
    query: Float[Array, "*#batch n_q d_q"],
    key: Float[Array, "*#batch n_k d_k"],
    weight: Float[Array, "d_q d_k"],
) -> Float[Array, "*#batch n_q n_k"]:
    """Score every pair by ``q W kᵀ``, with a learned matrix in between.

    The queries are multiplied by the matrix first, once per query and
    not once per pair.

    Args:
        query: one query per row.
        key: one key per row; its width may be another.
        weight: the matrix between them, ``(d_q, d_k)``.

    Returns:
        Scores; same dtype and device.

    Raises:
        TypeError: if the arguments differ in library, dtype or device,
            or are not floating-point.
        ValueError: if the shapes do not fit.

    Source:
        Luong et al. 2015, arXiv:1508.04025, section 3.1, "general".

    Examples:
        >>> import numpy as np
        >>> q, k = np.array([[1.0, 2.0]]), np.array([[3.0]])
        >>> bilinear_scores(q, k, np.array([[10.0], [1.0]])).tolist()
        [[36.0]]
    """
    xp = namespace_of(query=query, key=key, weight=weight)
    require_pairs(query, key, "d_q")
    if tuple(weight.shape) != (query.shape[-1], key.shape[-1]):
        raise ValueError(
            "weight must be (d_q, d_k), the widths of query and key; "
            f"got {shapes_of(query=query, key=key, weight=weight)}"
        )
    projected = linear(widen(query, xp), widen(weight, xp))  # (*batch, n_q, d_k)
    return narrow(dot_product_scores(projected, widen(key, xp)), query, xp)


def additive_scores(
    query: Float[Array, "*#batch n_q d_q"],
    key: Float[Array, "*#batch n_k d_k"],
    w_query: Float[Array, "d_q d_h"],
    w_key: Float[Array, "d_k d_h"],
    w_score: Float[Array, "d_h"],
) -> Float[Array, "*#batch n_q n_k"]:
    """Score every pair by a small network: ``tanh(q W_query + k W_key) · w``.

    No matrix product can do it: query and key are added, bent by tanh,
    and only then summed. n_q * n_k * d_h hidden values are held.

    Args:
        query: one query per row.
        key: one key per row; its width may be another.
        w_query: matrix from a query to the hidden units, ``(d_q, d_h)``.
        w_key: matrix from a key to the hidden units, ``(d_k, d_h)``.
        w_score: from the hidden units to the score, ``(d_h,)``.

    Returns:
        Scores, of size at most ``sum(|w_score|)``; same dtype and device.

    Raises:
        TypeError: if the arguments differ in library, dtype or device,
            or are not floating-point.
        ValueError: if the shapes do not fit.

    Source:
        Bahdanau et al. 2014, arXiv:1409.0473, section A.1.2.

    Examples:
        >>> import numpy as np
        >>> q, k, eye = np.array([[1.0, 0.0]]), np.array([[0.0, -1.0]]), np.eye(2)
        >>> additive_scores(q, k, eye, eye, np.ones(2)).tolist()
        [[0.0]]
    """
    xp = namespace_of(query=query, key=key, w_query=w_query, w_key=w_key, w_score=w_score)
    require_pairs(query, key, "d_q")
    require_product(query=query, w_query=w_query)
    require_product(key=key, w_key=w_key)
    if not w_query.shape[-1:] == w_key.shape[-1:] == tuple(w_score.shape):
        raise ValueError(
            "w_query, w_key and w_score, (d_h,), must have the same width d_h; "
            f"got {shapes_of(w_query=w_query, w_key=w_key, w_score=w_score)}"
        )
    q = linear(widen(query, xp), widen(w_query, xp))[..., :, None, :]
    k = linear(widen(key, xp), widen(w_key, xp))[..., None, :, :]
    hidden = xp.tanh(q + k)  # (*batch, n_q, n_k, d_h)
    return narrow(dot(hidden, widen(w_score, xp)), query, xp)
