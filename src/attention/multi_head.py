"""Several attentions side by side, each with its own queries, keys and values."""

from jaxtyping import Bool, Float

from attention._array import Array, namespace_of, require_count, shapes_of
from attention.attention import scaled_dot_product_attention
from attention.qkv import linear, require_product

__all__ = ["join_heads", "multi_head_attention", "split_heads"]


def split_heads(
    x: Float[Array, "*batch n width"], n_heads: int
) -> Float[Array, "*batch n_heads n d"]:
    """Cut each token's features into heads, and put the heads before the tokens.

    Args:
        x: one token per row; the first features belong to the first head.
        n_heads: into how many heads, a divisor of the width.

    Returns:
        One table of tokens per head, ``width / n_heads`` wide; a
        view where the library can give one.

    Raises:
        TypeError: if x is not a floating-point array, or n_heads is not
            an integer.
        ValueError: if an axis is missing or n_heads does not divide the
            width.

    Examples:
        >>> import numpy as np
        >>> x = np.array([[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0]])
        >>> split_heads(x, n_heads=2).tolist()
        [[[1.0, 2.0], [5.0, 6.0]], [[3.0, 4.0], [7.0, 8.0]]]
    """
    xp = namespace_of(x=x)
    heads = require_count("n_heads", n_heads, least=1)
    if x.ndim < 2:
        raise ValueError(f"x must be (*batch, n, n_heads * d); got {shapes_of(x=x)}")
    *batch, n, width = x.shape
    if width % heads:
        raise ValueError(
            f"n_heads must divide the width of x; got n_heads {heads}, {shapes_of(x=x)}"
        )
    apart = xp.reshape(x, (*batch, n, heads, width // heads))
    return _swap(apart)  # (*batch, n_heads, n, d)


def join_heads(
    x: Float[Array, "*batch n_heads n d"],
) -> Float[Array, "*batch n width"]:
    """Put the heads of each token side by side: undo :func:`split_heads`.

    Args:
        x: one table of tokens per head.

    Returns:
        One token per row, ``n_heads * d`` features wide.

    Raises:
        TypeError: if x is not a floating-point array.
        ValueError: if an axis is missing.

    Examples:
        >>> import numpy as np
        >>> heads = np.array([[[1.0, 2.0], [5.0, 6.0]], [[3.0, 4.0], [7.0, 8.0]]])
        >>> join_heads(heads).tolist()
        [[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0]]
    """
    xp = namespace_of(x=x)
    if x.ndim < 3:
        raise ValueError(f"x must be (*batch, n_heads, n, d); got {shapes_of(x=x)}")
    *batch, heads, n, width = x.shape
    return xp.reshape(_swap(x), (*batch, n, heads * width))


def multi_head_attention(
    x: Float[Array, "*batch n d_model"],
    w_q: Float[Array, "d_model q_width"],
    w_k: Float[Array, "d_context k_width"],
    w_v: Float[Array, "d_context v_width"],
    w_o: Float[Array, "o_width d_out"],
    *,
    n_heads: int,
    n_kv_heads: int | None = None,
    context: Float[Array, "*batch n_k d_context"] | None = None,
    attn_mask: Bool[Array, "..."] | Float[Array, "..."] | None = None,
    is_causal: bool = False,
    scale: float | None = None,
    softcap: float | None = None,
    sinks: Float[Array, "n_heads"] | None = None,
) -> Float[Array, "*batch n d_out"]:
    """Attend in every head on its own, join their outputs, and mix them by ``w_o``.

    Args:
        x: one token per row; queries are made of these.
        w_q: matrix of the queries, ``(d_model, n_heads * d_k)``.
        w_k: matrix of the keys, ``(d_context, n_kv_heads * d_k)``.
        w_v: matrix of the values, ``(d_context, n_kv_heads * d_v)``.
        w_o: mixes the joined heads, ``(n_heads * d_v, d_out)``.
        n_heads: how many heads of queries.
        n_kv_heads: how many heads of keys and values they share, a
            divisor of n_heads: each serves ``n_heads / n_kv_heads`` query
            heads, in order. All have their own if not given
            (multi-head); 1 is multi-query, between is grouped-query
            attention.
        context: the tokens of the keys and values, one per row, d_context
            features wide; x itself if not given.
        attn_mask: which keys a query may see; broadcasts to
            ``(*batch, n_heads, n, n_k)``. Boolean: True is visible.
            Floating-point, of x's dtype: added to the scaled scores;
            -inf hides.
        is_causal: query i sees key j if ``j <= i``.
        scale: factor of the scores; ``1 / sqrt(d_k)`` if not given.
        softcap: a positive c; each scaled score s is bent to
            ``c * tanh(s / c)`` before masking.
        sinks: one more score for each head, whose value is zero: see
            :func:`~attention.attention.scaled_dot_product_attention`.

    Returns:
        One token per row, d_out features wide; same dtype and device.

    Raises:
        TypeError: if the arrays differ in library, dtype or device, are
            not floating-point, or an option is of a wrong type.
        ValueError: if shapes do not fit, or an option is out of range.

    Source:
        Vaswani et al. 2017, arXiv:1706.03762, section 3.2.2; shared
        keys and values: Shazeer 2019, arXiv:1911.02150, and Ainslie et
        al. 2023, arXiv:2305.13245.

    Examples:
        >>> import numpy as np
        >>> x = np.array([[1.0, 0.0], [0.0, 1.0]])
        >>> same = np.eye(2)
        >>> output = multi_head_attention(
        ...     x, same, same, same, same, n_heads=2, is_causal=True
        ... )
        >>> output.round(3).tolist()
        [[1.0, 0.0], [0.5, 0.731]]
    """
    source = x if context is None else context
    namespace_of(x=x, context=source, w_q=w_q, w_k=w_k, w_v=w_v, w_o=w_o)
    n_kv = n_heads if n_kv_heads is None else n_kv_heads
    _require_heads("n_heads", n_heads, x=x, w_q=w_q)
    _require_heads("n_kv_heads", n_kv, context=source, w_k=w_k)
    _require_heads("n_kv_heads", n_kv, context=source, w_v=w_v)

    query = split_heads(linear(x, w_q), n_heads)  # (*batch, n_heads, n, d_k)
    key = split_heads(linear(source, w_k), n_kv)  # (*batch, n_kv_heads, n_k, d_k)
    value = split_heads(linear(source, w_v), n_kv)  # (*batch, n_kv_heads, n_k, d_v)
    heads = scaled_dot_product_attention(
        query,
        key,
        value,
        attn_mask,
        is_causal=is_causal,
        scale=scale,
        enable_gqa=True,
        softcap=softcap,
        sinks=sinks,
    )  # (*batch, n_heads, n, d_v)
    joined = join_heads(heads)  # (*batch, n, n_heads * d_v)
    require_product(heads=joined, w_o=w_o)
    return linear(joined, w_o)


def _require_heads(name: str, count: int, **arrays: Array) -> None:
    """Raise unless rows of the first array, times the second, can be cut into so many heads."""
    heads = require_count(name, count, least=1)
    require_product(**arrays)
    (matrix, weight) = list(arrays.items())[1]
    if weight.shape[-1] % heads:
        raise ValueError(
            f"{name} must divide the number of columns of {matrix}; "
            f"got {name} {heads}, {shapes_of(**{matrix: weight})}"
        )


def _swap(x: Array) -> Array:
    """Exchange the axes of tokens and heads; only the order of reading changes."""
    return namespace_of(x=x).moveaxis(x, -3, -2)
