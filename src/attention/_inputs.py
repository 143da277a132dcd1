"""What attention asks of its arguments. Every error says what is required, then what came."""

from typing import Any

from attention._array import (
    Array,
    dtype_name,
    library_of,
    namespace_of,
    require_broadcast,
    require_count,
    require_number,
    shape_of,
)

__all__ = ["require_inputs", "require_mask", "require_options"]


def require_inputs(
    query: Array, key: Array, value: Array, enable_gqa: bool
) -> tuple[Any, tuple[int, ...], str]:
    """Raise unless the three fit together.

    Returns:
        Their array library; the shape of their weights, where values may add batch axes; and
        their own shapes as text.
    """
    xp = namespace_of(query=query, key=key, value=value)
    came = f"got query {shape_of(query)}, key {shape_of(key)}, value {shape_of(value)}"
    own = 3 if enable_gqa else 2  # with heads to be shared, these are no batch axis
    if min(query.ndim, key.ndim, value.ndim) < own:
        heads = ["n_heads, ", "n_kv_heads, ", "n_kv_heads, "] if enable_gqa else ["", "", ""]
        raise ValueError(
            "query is (*batch, {}n_q, d_k), key is (*batch, {}n_k, d_k) and "
            "value is (*batch, {}n_k, d_v); ".format(*heads)
            + came
        )
    if query.shape[-1] != key.shape[-1]:
        raise ValueError(f"d_k of query and key are equal; {came}")
    if query.shape[-1] == 0:
        raise ValueError(f"d_k is a width in features, at least 1; {came}")
    if key.shape[-2] != value.shape[-2]:
        raise ValueError(f"n_k of key and value are equal; {came}")
    if enable_gqa:
        _require_multiple(query, key, value, came)
    shapes = (tuple(array.shape[:-own]) for array in (query, key, value))
    batch = require_broadcast("batch axes of query, key and value", came, *shapes)
    return xp, (*batch, *query.shape[-own:-1], key.shape[-2]), came


def _require_multiple(query: Array, key: Array, value: Array, came: str) -> None:
    """Raise ValueError unless every key and value head serves as many query heads."""
    n_heads = query.shape[-3]
    for name, array in {"key": key, "value": value}.items():
        if array.shape[-3] == 0 or n_heads % array.shape[-3]:
            raise ValueError(f"n_heads of query is a multiple of n_kv_heads of {name}; {came}")


def require_mask(
    attn_mask: Array, query: Array, shape: tuple[int, ...], came: str, *, read: bool = True
) -> None:
    """Raise unless the mask can be applied to scores of this ``shape``, (*batch, n_q, n_k).

    What it holds is not looked at if it is not to be read: a GPU would be waited for.
    """
    xp = library_of(query=query, attn_mask=attn_mask)
    boolean = xp.isdtype(attn_mask.dtype, "bool")
    if not boolean and attn_mask.dtype != query.dtype:
        raise TypeError(
            f"attn_mask is boolean or has the dtype of query, {dtype_name(query)}; "
            f"got {dtype_name(attn_mask)}"
        )
    came = f"got attn_mask {shape_of(attn_mask)}, {came.removeprefix('got ')}"
    required = f"attn_mask broadcasts to (*batch, n_q, n_k), {shape}; {came}"
    if attn_mask.ndim > len(shape):
        raise ValueError(required)
    for size, wanted in zip(reversed(attn_mask.shape), reversed(shape), strict=False):
        if size not in (1, wanted):
            raise ValueError(required)
    if boolean or not read:
        return
    if bool(xp.any(xp.isnan(attn_mask))):
        raise ValueError("attn_mask is finite or -inf; got NaN")
    if bool(xp.any(attn_mask == xp.inf)):
        raise ValueError("attn_mask is finite or -inf; got inf")


def require_options(scale: object, offset: object, softcap: object) -> None:
    """Raise unless the options are numbers that mean something."""
    if scale is not None:
        require_number("scale is a finite number", scale)
    require_count("offset", offset)
    if softcap is not None and require_number("softcap is a positive finite number", softcap) <= 0:
        raise ValueError(f"softcap is a positive finite number; got {softcap}")
