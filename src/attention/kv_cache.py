"""Keep the keys and values of past tokens, so that the next token computes only its own."""

from collections.abc import Sequence
from math import prod
from typing import Any, NamedTuple, Self

import array_api_compat
from jaxtyping import Bool, Float

from attention._array import (
    Array,
    concat,
    library_name,
    namespace_of,
    require_count,
    require_integer,
    shapes_of,
)
from attention._inputs import require_inputs, require_mask, require_options, require_sinks
from attention.attention import scaled_dot_product_attention
from attention.masking import sliding_window_mask

__all__ = [
    "AttentionCost",
    "KVCache",
    "SlidingWindowKVCache",
    "cached_attention",
    "cached_attention_cost",
]


class KVCache:
    """Keys and values of the tokens so far, with room for ``capacity`` of them.

    Made by :meth:`empty`. No gradient passes through a cache.

    Attributes:
        length: how many tokens are in it.
        capacity: how many tokens there is room for.

    Examples:
        >>> import numpy as np
        >>> cache = KVCache.empty((), n_kv_heads=1, capacity=4, d_k=2, d_v=1, like=np.ones(1))
        >>> cache.append(np.array([[[1.0, 2.0]]]), np.array([[[5.0]]]))
        >>> cache.append(np.array([[[3.0, 4.0]]]), np.array([[[6.0]]]))
        >>> cache.keys.tolist(), cache.length
        ([[[1.0, 2.0], [3.0, 4.0]]], 2)
        >>> cache.nbytes  # 4 tokens, 3 numbers each, 8 bytes per number
        96
    """

    def __init__(self, keys: Array, values: Array) -> None:
        """Take over two empty tables; :meth:`empty` makes them."""
        self._keys, self._values = keys, values
        self.length = 0
        self.capacity: int = keys.shape[-2]

    @classmethod
    def empty(
        cls,
        batch_shape: Sequence[int],
        n_kv_heads: int,
        capacity: int,
        d_k: int,
        d_v: int,
        *,
        like: Array,
    ) -> Self:
        """Make a cache that holds nothing yet.

        Args:
            batch_shape: the axes before the heads; ``()`` for one text.
            n_kv_heads: how many heads of keys and values.
            capacity: room for how many tokens.
            d_k: width of a key, in features.
            d_v: width of a value, in features.
            like: an array of the library, dtype and device to use.

        Returns:
            A cache of length 0, with memory of its own.

        Raises:
            TypeError: if a size is not an integer, like is not a
                floating-point array, or its library's arrays cannot be
                written in place, as JAX's.
            ValueError: if a size is less than 1.
        """
        xp = namespace_of(like=like)
        for axis, size in enumerate(batch_shape):
            require_count(f"batch_shape[{axis}]", size, least=1)
        require_count("n_kv_heads", n_kv_heads, least=1)
        require_count("capacity", capacity, least=1)
        require_count("d_k", d_k, least=1)
        require_count("d_v", d_v, least=1)
        device = array_api_compat.device(like)
        keys, values = (
            xp.zeros((*batch_shape, n_kv_heads, capacity, d), dtype=like.dtype, device=device)
            for d in (d_k, d_v)
        )
        if not array_api_compat.is_writeable_array(keys):
            raise TypeError(
                "like must be of a library whose arrays are written in place, as NumPy's and "
                f"PyTorch's are; got {library_name(like)}"
            )
        return cls(keys, values)

    @property
    def dtype(self) -> Any:
        """The dtype of the keys and values."""
        return self._keys.dtype

    @property
    def keys(self) -> Float[Array, "*batch n_kv_heads n_kept d_k"]:
        """The keys that are kept, oldest first: a view, valid until the cache changes.

        n_kept is :attr:`length`, but at most :attr:`capacity`.
        """
        return self._in_order(self._keys)

    @property
    def values(self) -> Float[Array, "*batch n_kv_heads n_kept d_v"]:
        """The values that are kept, oldest first: a view, valid until the cache changes."""
        return self._in_order(self._values)

    @property
    def nbytes(self) -> int:
        """The memory that the cache takes, full or not, in bytes."""
        return _bytes(self._keys) + _bytes(self._values)

    def append(
        self,
        key: Float[Array, "*batch n_kv_heads n_new d_k"],
        value: Float[Array, "*batch n_kv_heads n_new d_v"],
    ) -> None:
        """Add the keys and values of new tokens: all of them, or on error none.

        Args:
            key: one key per row, turned by its position where positions
                are rotary.
            value: one value per row.

        Raises:
            TypeError: if library, dtype or device are not the cache's.
            ValueError: if shapes do not fit, or there is no room.
        """
        end = self.length + self._require(key, value)
        self._write(self._keys, _detached(key), end)
        self._write(self._values, _detached(value), end)
        self.length = end

    def truncate(self, length: int) -> None:
        """Forget all tokens from position ``length`` on, as after an edit of the prompt.

        Raises:
            TypeError: if length is not an integer.
            ValueError: if it is negative or more than the length so far.
        """
        self.length = _require_length(length, self.length)

    @property
    def n_past(self) -> int:
        """How many cached keys the next token reads."""
        return self.length

    def update(
        self,
        key: Float[Array, "*batch n_kv_heads n_new d_k"],
        value: Float[Array, "*batch n_kv_heads n_new d_v"],
    ) -> tuple[
        Float[Array, "*batch n_kv_heads n_read d_k"],
        Float[Array, "*batch n_kv_heads n_read d_v"],
        Bool[Array, "n_new n_read"] | None,
    ]:
        """Append new tokens, and return what they read; on an error, nothing is appended.

        n_new tokens read n_read keys: the last :attr:`n_past` of the
        cache, counted before the call, then their own.

        Args:
            key: as for :meth:`append`.
            value: as for :meth:`append`.

        Returns:
            Keys, values and a mask: first those of the cached tokens
            that are read, then the new ones. The mask is True where a
            new token may look; it is None if each sees its own token
            and all before it.

        Raises:
            TypeError: as :meth:`append` does.
            ValueError: as :meth:`append` does.
        """
        self.append(key, value)
        return self.keys, self.values, None

    def _require(self, key: Array, value: Array) -> int:
        """Raise unless key and value can be appended; return how many tokens they hold."""
        namespace_of(cache=self._keys, key=key, value=value)
        for name, new, table in (("key", key, self._keys), ("value", value, self._values)):
            *heads, _, d = table.shape
            if new.ndim != table.ndim or [*new.shape[:-2], new.shape[-1]] != [*heads, d]:
                sizes = ", ".join(str(size) for size in heads)
                raise ValueError(
                    f"{name} must be (*batch, n_kv_heads, n_new, d) as the cache, "
                    f"({sizes}, n_new, {d}); got {tuple(new.shape)}"
                )
        if key.shape[-2] != value.shape[-2]:
            raise ValueError(
                "key and value must have the same number n_new; "
                f"got {shapes_of(key=key, value=value)}"
            )
        n_new: int = key.shape[-2]
        self._require_room(n_new)
        return n_new

    def _require_room(self, n_new: int) -> None:
        """Raise ValueError unless so many more tokens fit."""
        if self.length + n_new > self.capacity:
            raise ValueError(
                f"length + n_new must be at most the capacity, {self.capacity}; "
                f"got length {self.length}, n_new {n_new}"
            )

    def _in_order(self, table: Array) -> Array:
        """Return the rows that are kept, oldest first."""
        return table[..., : self.length, :]

    def _write(self, table: Array, rows: Array, end: int) -> None:
        """Write the new rows; the last of them stands at ``end - 1``."""
        table[..., self.length : end, :] = rows


class SlidingWindowKVCache(KVCache):
    """The keys and values of the last ``capacity`` tokens, in constant memory.

    For attention in which a token sees the last ``capacity`` tokens, its
    own among them. A ring buffer: there is always room, since the newest
    token takes the place of the oldest. :attr:`length` counts the
    forgotten tokens, too; :attr:`keys` and :attr:`values` hold what is
    left, oldest first, and are copies once something was forgotten.

    Source:
        Jiang et al. 2023, arXiv:2310.06825, section 2.

    Examples:
        >>> import numpy as np
        >>> cache = SlidingWindowKVCache.empty((), 1, capacity=2, d_k=1, d_v=1, like=np.ones(1))
        >>> cache.append(np.array([[[1.0], [2.0], [3.0]]]), np.array([[[4.0], [5.0], [6.0]]]))
        >>> cache.keys.tolist(), cache.length
        ([[[2.0], [3.0]]], 3)
    """

    def truncate(self, length: int) -> None:
        """Forget all tokens from position ``length`` on.

        Raises:
            TypeError: if length is not an integer.
            ValueError: if it is negative or more than the length so far;
                or, once a token was overwritten, neither 0 nor the
                length so far.
        """
        shorter = _require_length(length, self.length)
        if self.length > self.capacity and shorter not in (0, self.length):
            raise ValueError(
                f"length must be 0 or {self.length}, since tokens before it were overwritten; "
                f"got {shorter}"
            )
        self.length = shorter

    @property
    def n_past(self) -> int:
        """How many cached keys the next token reads: at most ``capacity - 1``, beside its own."""
        return min(self.length, self.capacity - 1)

    def update(
        self,
        key: Float[Array, "*batch n_kv_heads n_new d_k"],
        value: Float[Array, "*batch n_kv_heads n_new d_v"],
    ) -> tuple[
        Float[Array, "*batch n_kv_heads n_read d_k"],
        Float[Array, "*batch n_kv_heads n_read d_v"],
        Bool[Array, "n_new n_read"],
    ]:
        """Append new tokens, and return what they read: see :meth:`KVCache.update`.

        The mask hides what is out of a new token's window.
        """
        n_new, n_past = self._require(key, value), self.n_past
        xp = namespace_of(key=key)
        keys, values = (  # before the newest overwrite what the first of them still sees
            concat([past[..., past.shape[-2] - n_past :, :], _detached(new)], -2, xp)
            for past, new in ((self.keys, key), (self.values, value))
        )
        self.append(key, value)
        shape = (n_new, n_past + n_new)
        return keys, values, sliding_window_mask(*shape, self.capacity, offset=n_past, like=key)

    def _require_room(self, n_new: int) -> None:
        """There is always room."""

    def _in_order(self, table: Array) -> Array:
        """Return the rows that are kept, oldest first."""
        if self.length <= self.capacity:
            return super()._in_order(table)
        xp = namespace_of(table=table)
        places = xp.arange(self.capacity, device=array_api_compat.device(table))
        # The oldest stands where the next token will go. Two slices would have open sizes, of
        # which a compiled function needs a version for 0 and one for 1.
        return xp.take(table, (places + self.length) % self.capacity, axis=-2)

    def _write(self, table: Array, rows: Array, end: int) -> None:
        """Write those of the new rows that will be kept; the last stands at ``end - 1``."""
        kept = min(rows.shape[-2], self.capacity)
        rows = rows[..., rows.shape[-2] - kept :, :]
        start = (end - kept) % self.capacity
        before_wrap = min(kept, self.capacity - start)
        table[..., start : start + before_wrap, :] = rows[..., :before_wrap, :]
        table[..., : kept - before_wrap, :] = rows[..., before_wrap:, :]


def cached_attention(
    query: Float[Array, "*batch n_heads n_new d_k"],
    key: Float[Array, "*batch n_kv_heads n_new d_k"],
    value: Float[Array, "*batch n_kv_heads n_new d_v"],
    cache: KVCache,
    *,
    attn_mask: Bool[Array, "..."] | Float[Array, "..."] | None = None,
    scale: float | None = None,
    softcap: float | None = None,
    sinks: Float[Array, "n_heads"] | None = None,
) -> Float[Array, "*batch n_heads n_new d_v"]:
    """Append the new tokens to the cache, then let each see itself and all before it.

    Any way to cut a text into calls, one token each, all at once, or in
    chunks, gives, up to rounding, what one causal pass over the whole
    text gives, with the window of the cache if it has one.

    Args:
        query: queries of the new tokens; n_heads is a multiple of
            n_kv_heads.
        key: keys of the new tokens, for the cache.
        value: values of the new tokens, for the cache.
        cache: the tokens before; of a :class:`SlidingWindowKVCache`,
            the new tokens see no more than its window.
        attn_mask: hides further keys where it is False, or numbers of
            query's dtype to be added to the scaled scores; broadcasts to
            ``(*batch, n_heads, n_new, n_read)``, where n_read counts the
            keys that are read: the cached ones (at most capacity - 1 of
            a window) and the new ones.
        scale: factor of the scores; ``1 / sqrt(d_k)`` if not given.
        softcap: a positive c; each scaled score s is bent to
            ``c * tanh(s / c)`` before masking.
        sinks: one more score for each head, of query's dtype, whose
            value is zero, as in
            :func:`~attention.attention.scaled_dot_product_attention`;
            the same at each call.

    Returns:
        One row per query, d_v wide; same dtype and device.

    Raises:
        TypeError: if the arrays differ in library, dtype or device among
            themselves or from the cache, or if attn_mask or an option
            is of a wrong type. Nothing is appended then.
        ValueError: if shapes do not fit, there is no room, or an option
            is out of range. Nothing is appended then.

    Examples:
        >>> import numpy as np
        >>> cache = KVCache.empty((), 1, capacity=3, d_k=1, d_v=1, like=np.ones(1))
        >>> for number in [[[0.0]]], [[[6.0]]]:
        ...     x = np.array(number)
        ...     cached_attention(0 * x, x, x, cache).tolist()
        [[[0.0]]]
        [[[3.0]]]
    """
    xp, shape = require_inputs(query, key, value, enable_gqa=True)
    n_new = key.shape[-2]
    if query.shape[:-3] != key.shape[:-3] or query.shape[-2] != n_new:
        raise ValueError(
            "query and key must have the same batch axes and number n_new; "
            f"got {shapes_of(query=query, key=key)}"
        )
    require_options(scale, 0, softcap)
    if attn_mask is not None:
        require_mask(attn_mask, query, (*shape[:-1], cache.n_past + n_new))
    if sinks is not None:
        require_sinks(sinks, query, shape)

    keys, values, visible = cache.update(key, value)  # raises before it appends, or not at all
    if visible is not None:
        attn_mask = visible if attn_mask is None else _both(visible, attn_mask, xp)
    return scaled_dot_product_attention(
        query,
        keys,
        values,
        attn_mask,
        is_causal=True,
        scale=scale,
        enable_gqa=True,
        offset=keys.shape[-2] - n_new,
        softcap=softcap,
        sinks=sinks,
    )


class AttentionCost(NamedTuple):
    """What one call of :func:`cached_attention` takes.

    Attributes:
        flops: multiplications and additions of scores and mixtures.
        numbers_read: numbers that are read from the cache, each once.
        numbers_written: numbers that are added to the cache.
    """

    flops: int
    numbers_read: int
    numbers_written: int


def cached_attention_cost(
    n_new: int,
    n_past: int,
    n_heads: int,
    n_kv_heads: int,
    d_k: int,
    d_v: int,
) -> AttentionCost:
    """Count what one call of :func:`cached_attention` takes, for one text in one layer.

    The cache is one without a window. Scores that causality hides are
    not counted, nor are softmax and the projections. A number is 2 bytes
    in float16 and bfloat16, 4 in float32.

    Args:
        n_new: how many tokens the call brings.
        n_past: how many tokens are in the cache before.
        n_heads: how many heads of queries; a multiple of n_kv_heads.
        n_kv_heads: how many heads of keys and values.
        d_k: width of a key, in features.
        d_v: width of a value, in features.

    Returns:
        The counts.

    Raises:
        TypeError: if a count is not an integer.
        ValueError: if n_new or n_past is negative, another count is less
            than 1, or n_heads is not a multiple of n_kv_heads.

    Examples:
        >>> cached_attention_cost(1, 4, n_heads=6, n_kv_heads=2, d_k=3, d_v=3)
        AttentionCost(flops=360, numbers_read=48, numbers_written=12)
    """
    n_new, n_past = require_count("n_new", n_new), require_count("n_past", n_past)
    n_heads = require_count("n_heads", n_heads, least=1)
    n_kv_heads = require_count("n_kv_heads", n_kv_heads, least=1)
    widths = require_count("d_k", d_k, least=1) + require_count("d_v", d_v, least=1)
    if n_heads % n_kv_heads:
        raise ValueError(
            f"n_heads must be a multiple of n_kv_heads; got {n_heads} and {n_kv_heads}"
        )
    pairs = n_new * n_past + n_new * (n_new + 1) // 2  # of a query with a key that it sees
    per_token = n_kv_heads * widths
    return AttentionCost(2 * n_heads * pairs * widths, n_past * per_token, n_new * per_token)


def _require_length(length: object, longest: int) -> int:
    """Return a length that is not more than the longest, as Python's integer."""
    shorter = require_integer("length", length)
    if not 0 <= shorter <= longest:
        raise ValueError(f"length must be from 0 to the length so far, {longest}; got {shorter}")
    return shorter


def _both(visible: Array, attn_mask: Array, xp: Any) -> Array:
    """Hide more by a mask, which is boolean or added to the scores."""
    if xp.isdtype(attn_mask.dtype, "bool"):
        return visible & attn_mask
    return xp.where(visible, attn_mask, -xp.inf)


def _detached(array: Array) -> Array:
    """Return the numbers alone: what is cached must not keep the past's gradients alive."""
    return array.detach() if hasattr(array, "detach") else array


def _bytes(table: Array) -> int:
    """Return the memory of a table, in bytes."""
    bits = int(namespace_of(table=table).finfo(table.dtype).bits)
    return int(prod(table.shape)) * bits // 8
