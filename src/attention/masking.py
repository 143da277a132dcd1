"""Who may see whom: boolean masks, True where a query may see a key."""

import array_api_compat
from jaxtyping import Bool, Int

from attention._array import (
    Array,
    dtype_name,
    example_of,
    library_of,
    require_count,
    shows,
)

__all__ = ["causal_mask", "padding_mask", "sliding_window_mask"]


def causal_mask(
    n_q: int, n_k: int, *, offset: int = 0, like: Array | None = None
) -> Bool[Array, "n_q n_k"]:
    """Show every query its own token and what comes before.

    Query i stands at position ``i + offset``, key j at position j; i sees
    j if ``j <= i + offset``. With as many queries as keys and no offset
    this is the lower triangle.

    Args:
        n_q: number of queries, in tokens.
        n_k: number of keys, in tokens.
        offset: how many keys lie before the first query, in tokens;
            while decoding, the length of the cache.
        like: an array whose library and device the mask gets; NumPy if
            not given.

    Returns:
        True where the query may see the key.

    Raises:
        TypeError: if a count or offset is not an integer or like is not an array.
        ValueError: if a count or offset is negative.

    Examples:
        >>> causal_mask(2, 3, offset=1).astype(int).tolist()
        [[1, 1, 0], [1, 1, 1]]
    """
    queries, keys = _positions(n_q, n_k, offset, like)
    return keys <= queries


def sliding_window_mask(
    n_q: int,
    n_k: int,
    window: int,
    *,
    offset: int = 0,
    like: Array | None = None,
) -> Bool[Array, "n_q n_k"]:
    """Show every query the last ``window`` tokens up to its own.

    Args:
        n_q: number of queries, in tokens.
        n_k: number of keys, in tokens.
        window: how many tokens a query sees, its own among them.
        offset: how many keys lie before the first query, in tokens.
        like: an array whose library and device the mask gets; NumPy if
            not given.

    Returns:
        True where the query may see the key.

    Raises:
        TypeError: if a count or offset is not an integer or like is not an array.
        ValueError: if a count or offset is negative, or window is not positive.

    Source:
        Beltagy et al. 2020, arXiv:2004.05150, section 3.1; there on both
        sides.

    Examples:
        >>> sliding_window_mask(3, 3, window=2).astype(int).tolist()
        [[1, 0, 0], [1, 1, 0], [0, 1, 1]]
    """
    width = require_count("window", window, least=1)
    queries, keys = _positions(n_q, n_k, offset, like)
    return (keys <= queries) & (keys > queries - width)


def padding_mask(
    lengths: Int[Array, "*batch"],
    n_k: int,
) -> Bool[Array, "*batch 1 n_k"]:
    """Show every query the tokens of its text, and no padding after them.

    Args:
        lengths: how many tokens each text of the batch has. For several
            heads give it a last axis of size 1.
        n_k: number of keys, in tokens: the length of a padded text.

    Returns:
        True at the first ``lengths`` keys, the same for every query, so
        that it combines by ``&`` with masks of shape ``(n_q, n_k)``.

    Raises:
        TypeError: if lengths is not an array of integers, or n_k is not
            an integer.
        ValueError: if a length is negative or greater than n_k, where
            values are known: not while ``torch.compile``, ``vmap`` or
            ``jax.jit`` records.

    Examples:
        >>> import numpy as np
        >>> padding_mask(np.array([2, 3]), n_k=3).astype(int).tolist()
        [[[1, 1, 0]], [[1, 1, 1]]]
    """
    xp = library_of(lengths=lengths)
    if not xp.isdtype(lengths.dtype, "integral"):
        raise TypeError(f"lengths must have an integer dtype; got {dtype_name(lengths)}")
    size = require_count("n_k", n_k)
    keys = xp.arange(size, device=array_api_compat.device(lengths))
    counts = xp.astype(lengths, keys.dtype)  # a small dtype may not hold n_k
    if shows(counts, lambda each: xp.any((each < 0) | (each > size))):
        raise ValueError(
            f"lengths must be from 0 to n_k, {size}; "
            f"got {int(xp.min(counts))} to {int(xp.max(counts))}"
        )
    return keys < counts[..., None, None]


def _positions(n_q: int, n_k: int, offset: int, like: Array | None) -> tuple[Array, Array]:
    """Return where queries stand, as a column, and keys, as a row."""
    first, queries, keys = (
        require_count("offset", offset),
        require_count("n_q", n_q),
        require_count("n_k", n_k),
    )
    example = example_of(like)
    xp, device = library_of(like=example), array_api_compat.device(example)
    return (
        xp.arange(first, first + queries, device=device)[:, None],
        xp.arange(keys, device=device)[None, :],
    )
