"""What attention requires of its arguments."""

from typing import Any

from attention._array import (
    Array,
    broadcast,
    dtype_name,
    library_of,
    namespace_of,
    require_count,
    require_number,
    require_positive,
    shapes_of,
    shows,
)

__all__ = ["require_inputs", "require_mask", "require_options", "require_sinks"]


def require_inputs(
    query: Array, key: Array, value: Array, enable_gqa: bool
) -> tuple[Any, tuple[int, ...]]:
    """Raise unless the three fit together.

    Returns:
        Their array library, and the shape of their weights, where values may add batch axes.
    """
    xp = namespace_of(query=query, key=key, value=value)
    n_axes = 3 if enable_gqa else 2  # with heads to be shared, these are no batch axis
    if min(query.ndim, key.ndim, value.ndim) < n_axes:
        heads = ["n_heads, ", "n_kv_heads, ", "n_kv_heads, "] if enable_gqa else ["", "", ""]
        raise ValueError(
            "query must be (*batch, {}n_q, d_k), key (*batch, {}n_k, d_k) and "
            "value (*batch, {}n_k, d_v); got ".format(*heads)
            + shapes_of(query=query, key=key, value=value)
        )
    if query.shape[-1] != key.shape[-1]:
        raise ValueError(
            f"query and key must have the same width d_k; got {shapes_of(query=query, key=key)}"
        )
    if query.shape[-1] == 0:
        raise ValueError(
            "d_k, the width of query and key, must be at least 1; "
            f"got {shapes_of(query=query, key=key)}"
        )
    if key.shape[-2] != value.shape[-2]:
        raise ValueError(
            f"key and value must have the same number n_k; got {shapes_of(key=key, value=value)}"
        )
    if enable_gqa:
        _require_multiple(query, key=key)
        _require_multiple(query, value=value)
    shapes = (tuple(array.shape[:-n_axes]) for array in (query, key, value))
    batch = broadcast(*shapes)
    if batch is None:
        raise ValueError(
            "query, key and value must have batch axes that broadcast; "
            f"got {shapes_of(query=query, key=key, value=value)}"
        )
    return xp, (*batch, *query.shape[-n_axes:-1], key.shape[-2])


def _require_multiple(query: Array, **shared: Array) -> None:
    """Raise ValueError unless every head of key or value serves as many query heads."""
    n_heads = query.shape[-3]
    for name, array in shared.items():
        if array.shape[-3] == 0 or n_heads % array.shape[-3]:
            raise ValueError(
                f"n_heads of query must be a multiple of n_kv_heads of {name}; "
                f"got {shapes_of(query=query, **shared)}"
            )


def require_mask(
    attn_mask: Array, query: Array, shape: tuple[int, ...], *, read: bool = True
) -> None:
    """Raise unless the mask can be applied to scores of this ``shape``, (*batch, n_q, n_k).

    What it holds is looked at where values are known, and if it is to be read: a GPU would be
    waited for.
    """
    xp = library_of(query=query, attn_mask=attn_mask)
    boolean = xp.isdtype(attn_mask.dtype, "bool")
    if not boolean and attn_mask.dtype != query.dtype:
        raise TypeError(
            f"attn_mask must be boolean or have the dtype of query, {dtype_name(query)}; "
            f"got {dtype_name(attn_mask)}"
        )
    fits = attn_mask.ndim <= len(shape)
    for size, wanted in zip(reversed(attn_mask.shape), reversed(shape), strict=False):
        fits = fits and size in (1, wanted)
    if not fits:
        raise ValueError(
            f"attn_mask must broadcast to (*batch, n_q, n_k), {shape}; "
            f"got {shapes_of(attn_mask=attn_mask)}"
        )
    if boolean or not read:
        return
    if shows(attn_mask, lambda mask: xp.any(xp.isnan(mask))):
        raise ValueError("attn_mask must be finite or -inf; got NaN")
    if shows(attn_mask, lambda mask: xp.any(mask == xp.inf)):
        raise ValueError("attn_mask must be finite or -inf; got inf")


def require_sinks(sinks: Array, query: Array, shape: tuple[int, ...]) -> None:
    """Raise unless there is one sink for each head of scores of this ``shape``, (*batch, n_q, n_k).

    The third axis from the end counts heads.
    """
    namespace_of(query=query, sinks=sinks)
    if len(shape) < 3:
        raise ValueError(
            "query must be (*batch, n_heads, n_q, d_k) if there are sinks; "
            f"got {shapes_of(query=query)}"
        )
    if sinks.ndim != 1 or sinks.shape[0] != shape[-3]:
        raise ValueError(
            f"sinks must be (n_heads,), ({shape[-3]},); got {shapes_of(sinks=sinks, query=query)}"
        )


def require_options(scale: object, offset: object, softcap: object) -> None:
    """Raise unless the options are numbers that mean something."""
    if scale is not None:
        require_number("scale", scale)
    require_count("offset", offset)
    if softcap is not None:
        require_positive("softcap", softcap)
