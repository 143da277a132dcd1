"""Tell attention where a token stands: turn queries and keys, or add to tokens or scores."""

import math
from typing import Any

import array_api_compat
from jaxtyping import Float, Int

from attention._array import (
    Array,
    dtype_name,
    example_of,
    has_float64,
    library_of,
    namespace_of,
    narrow,
    require_count,
    require_integer,
    require_positive,
    shapes_of,
    widen,
)

__all__ = ["alibi_bias", "rotary", "sinusoidal"]

_DIGIT = 2**12


def rotary(
    x: Float[Array, "*batch n d"],
    positions: Int[Array, "..."] | Float[Array, "..."],
    *,
    base: float = 10_000.0,
    interleaved: bool = False,
) -> Float[Array, "*batch n d"]:
    """Turn queries or keys by angles that grow with their position.

    Entries are taken in pairs, and pair c, counted from 0, is turned by
    ``position * base**(-2 * c / d)`` radians. The dot product of a turned
    query with a turned key depends on their positions only through the
    difference of the two.

    Args:
        x: one query or key per row; d is even.
        positions: where each row stands, in tokens, whole or fractional.
            ``(n,)`` serves the whole batch, an array without axes all
            rows. Else as many axes as ``(*batch, n)``, each of that size or 1:
            ``(batch, 1, n)`` if texts differ and their heads do not.
        base: the larger, the slower the later pairs turn.
        interleaved: pair entries 2c and 2c + 1, and not c and c + d/2.

    Returns:
        The turned rows, as long as before; same shape, dtype and device.
        Angles are computed in float64, or with comparable precision on
        devices without it; float16 and bfloat16 turn in float32.

    Raises:
        TypeError: if x is not floating-point, positions are not an array
            of integers or floating-point numbers, the two differ in
            library or device, or base is not a number.
        ValueError: if x has fewer than two axes, d is odd or 0,
            positions do not fit x, or base is not positive and finite.

    Source:
        Su et al. 2021, arXiv:2104.09864, section 3.2.2, which pairs
        neighbours; Hugging Face's Llama pairs entries c and c + d/2.

    Examples:
        >>> import numpy as np
        >>> x = np.array([[1.0, 0.0], [1.0, 0.0]])
        >>> rotary(x, np.array([0.0, np.pi / 2])).round(3).tolist()
        [[1.0, 0.0], [0.0, 1.0]]
    """
    xp = namespace_of(x=x)
    _require_positions(x, positions, xp)
    d = x.shape[-1]
    angles = _angles(positions, d, require_positive("base", base), xp)  # (..., d/2)
    wide = widen(x, xp)
    cos, sin = (xp.astype(f(angles), wide.dtype) for f in (xp.cos, xp.sin))
    if interleaved:
        first, second = wide[..., 0::2], wide[..., 1::2]
    else:
        first, second = wide[..., : d // 2], wide[..., d // 2 :]
    turned = [first * cos - second * sin, first * sin + second * cos]
    if interleaved:
        result = xp.reshape(xp.stack(turned, axis=-1), x.shape)
    else:
        result = xp.concat(turned, axis=-1)
    return narrow(result, x, xp)


def sinusoidal(
    n: int, d: int, *, base: float = 10_000.0, like: Array | None = None
) -> Float[Array, "n d"]:
    """Return one vector per position, to be added to the token that stands there.

    Entries 2c and 2c + 1 are the sine and the cosine of
    ``position * base**(-2 * c / d)``, positions counted from 0.

    Args:
        n: how many positions, in tokens.
        d: width of a vector, in features; even, at least 2.
        base: the larger, the slower the later entries change.
        like: an array whose library, device and dtype the result gets;
            NumPy and float64 if not given.

    Returns:
        Entries from -1 to 1; each row has the length ``sqrt(d / 2)``.

    Raises:
        TypeError: if n or d is not an integer, base is not a number, or
            like is not floating-point.
        ValueError: if n is negative, d is odd or less than 2, or base is
            not positive and finite.

    Source:
        Vaswani et al. 2017, arXiv:1706.03762, section 3.5.

    Examples:
        >>> sinusoidal(2, 4, base=100.0).round(3).tolist()
        [[0.0, 1.0, 0.0, 1.0], [0.841, 0.54, 0.1, 0.995]]
    """
    count = require_count("n", n)
    width = require_integer("d", d)
    if width < 2 or width % 2:
        raise ValueError(f"d must be even and at least 2; got {width}")
    limit = require_positive("base", base)
    like = example_of(like)
    xp = namespace_of(like=like)
    positions = xp.arange(count, device=array_api_compat.device(like))
    angles = _angles(positions, width, limit, xp)  # (n, d/2)
    pairs = xp.stack([xp.sin(angles), xp.cos(angles)], axis=-1)  # (n, d/2, 2)
    return narrow(xp.reshape(pairs, (count, width)), like, xp)


def alibi_bias(
    n_heads: int,
    n_q: int,
    n_k: int,
    *,
    offset: int = 0,
    like: Array | None = None,
) -> Float[Array, "n_heads n_q n_k"]:
    """Return what to add to the scores so that far keys count for less.

    Minus the distance times a slope, which is ``2**(-8 * h / n_heads)``
    for head h, counted from 1. Pass it to attention as ``attn_mask``.

    Args:
        n_heads: how many heads; each has a slope of its own.
        n_q: how many queries.
        n_k: how many keys.
        offset: how many keys lie before the first query, in tokens.
        like: an array whose library, device and dtype the result gets;
            NumPy and float64 if not given.

    Returns:
        Numbers of at most 0; 0 where query and key stand together.

    Raises:
        TypeError: if a count or offset is not an integer, or like is not
            floating-point.
        ValueError: if n_heads is less than 1, or n_q, n_k or offset is
            negative.

    Source:
        Press et al. 2021, arXiv:2108.12409, section 3. Their code has
        other slopes where n_heads is not a power of two.

    Examples:
        >>> alibi_bias(2, 1, 3, offset=2).tolist()
        [[[-0.125, -0.0625, 0.0]], [[-0.0078125, -0.00390625, 0.0]]]
    """
    heads = require_count("n_heads", n_heads, least=1)
    queries, keys = require_count("n_q", n_q), require_count("n_k", n_k)
    before = require_count("offset", offset)
    like = example_of(like)
    xp = namespace_of(like=like)
    dtype = xp.float64 if has_float64(like, xp) else xp.float32
    grid = {"dtype": dtype, "device": array_api_compat.device(like)}
    slopes = 2.0 ** (-8 * (xp.arange(heads, **grid) + 1) / heads)
    places = before + xp.arange(queries, **grid)[:, None]
    distances = xp.abs(places - xp.arange(keys, **grid))
    bias = slopes[:, None, None] * (0.0 - distances)  # no minus zero
    return narrow(bias, like, xp)


def _angles(positions: Array, d: int, base: float, xp: Any) -> Array:
    """Return by how much each pair is turned at each position, (..., d/2), but for whole turns."""
    if not has_float64(positions, xp):
        return _angles_by_digits(positions, d, base, xp)
    pairs = xp.arange(d // 2, dtype=xp.float64, device=array_api_compat.device(positions))
    return xp.astype(positions, xp.float64)[..., None] * base ** (-2 * pairs / d)


def _angles_by_digits(positions: Array, d: int, base: float, xp: Any) -> Array:
    """Return the angles less whole turns, in float32, as precise at late positions as at early.

    In float32, a position times the turns per token would lose the part that counts: what goes
    beyond the last whole turn. So both are cut into digits of 12 bits, whose products float32
    holds without rounding, and of each product the whole turns are dropped.
    """
    if xp.isdtype(positions.dtype, "integral"):
        small = xp.iinfo(positions.dtype).bits < 32  # too small to hold a digit
        whole = xp.astype(positions, xp.int32) if small else positions
        rest = xp.zeros_like(whole, dtype=xp.float32)
    else:
        whole = xp.floor(widen(positions, xp))
        rest = positions - whole

    def row(numbers: list[float]) -> Array:
        """Return one number per pair."""
        return xp.asarray(numbers, dtype=xp.float32, device=array_api_compat.device(positions))

    turns_per_token = [base ** (-2 * pair / d) / (2 * math.pi) for pair in range(d // 2)]
    turns = rest[..., None] * row(turns_per_token)
    for place in range(3):
        digit = xp.astype(whole if place == 2 else whole % _DIGIT, xp.float32)[..., None]
        whole = whole // _DIGIT
        shares = [math.remainder(each * _DIGIT**place, 1) for each in turns_per_token]
        highs = [round(share * _DIGIT) / _DIGIT for share in shares]
        lows = [share - high for share, high in zip(shares, highs, strict=True)]
        product = digit * row(highs)  # 12 bits times 12 bits: not rounded
        turns = turns + (product - xp.round(product)) + digit * row(lows)
        turns = turns - xp.round(turns)
    return turns * (2 * math.pi)


def _require_positions(x: Array, positions: Array, xp: Any) -> None:
    """Raise unless x comes in pairs and each of its rows has a position."""
    library_of(x=x, positions=positions)
    if not xp.isdtype(positions.dtype, ("integral", "real floating")):
        raise TypeError(f"positions must be integers or real floating; got {dtype_name(positions)}")
    if x.ndim < 2 or x.shape[-1] == 0 or x.shape[-1] % 2:
        raise ValueError(
            f"x must be (*batch, n, d) with d even and at least 2; got {shapes_of(x=x)}"
        )
    places, rows = tuple(positions.shape), tuple(x.shape[:-1])
    pairs = zip(reversed(places), reversed(rows), strict=False)
    aligned = len(places) in (0, 1, len(rows))  # (batch, n) would count heads
    if not aligned or any(size not in (1, row) for size, row in pairs):
        raise ValueError(
            f"positions must be (n,), or have the axes (*batch, n) and broadcast to {rows}; "
            f"got {shapes_of(positions=positions)}"
        )
