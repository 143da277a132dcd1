"""Compare every query with every key in one matrix product."""

from jaxtyping import Float

from attention._array import Array, broadcast, matmul, namespace_of, shapes_of

__all__ = ["dot_product_scores"]


def dot_product_scores(
    query: Float[Array, "*#batch n_q d_k"],
    key: Float[Array, "*#batch n_k d_k"],
) -> Float[Array, "*#batch n_q n_k"]:
    """Return the dot product of every query with every key: ``S[i, j] = q_i · k_j``.

    Args:
        query: one query per row.
        key: one key per row, of the same width; batch axes broadcast against the query's.

    Returns:
        One row per query, one column per key; same dtype and device. Scores, not yet weights.

    Raises:
        TypeError: if query and key differ in library, dtype or device, or are not floating-point.
        ValueError: if an axis is missing, the widths differ, or batch axes do not broadcast.

    Source:
        Vaswani et al. 2017, arXiv:1706.03762, section 3.2.1.

    Examples:
        >>> import numpy as np
        >>> words = np.array([[1.0, 0.0, 1.0], [0.0, 1.0, 0.0]])
        >>> dot_product_scores(words, words).tolist()
        [[2.0, 0.0], [0.0, 1.0]]
    """
    namespace_of(query=query, key=key)
    require_pairs(query, key)
    return matmul(query, key.mT)  # (*batch, n_q, n_k)


def require_pairs(query: Array, key: Array, d_q: str = "d_k") -> None:
    """Raise ValueError unless every query can be compared with every key.

    Args:
        query: one query per row.
        key: one key per row.
        d_q: what the query's width is called; by another name it may be another.
    """
    if query.ndim < 2 or key.ndim < 2:
        raise ValueError(
            f"query must be (*batch, n_q, {d_q}) and key (*batch, n_k, d_k); "
            f"got {shapes_of(query=query, key=key)}"
        )
    if d_q == "d_k" and query.shape[-1] != key.shape[-1]:
        raise ValueError(
            f"query and key must have the same width d_k; got {shapes_of(query=query, key=key)}"
        )
    if broadcast(query.shape[:-2], key.shape[:-2]) is None:
        raise ValueError(
            "query and key must have batch axes that broadcast; "
            f"got {shapes_of(query=query, key=key)}"
        )
