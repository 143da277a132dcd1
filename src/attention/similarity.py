"""Compare two vectors: by the angle between them, or by the distance between their tips."""

import math

from jaxtyping import Float

from attention._array import Array, namespace_of
from attention.dot_product import dot, l2_normalize, require_vectors, widen

__all__ = ["angle_degrees", "cosine_similarity", "squared_distance"]


def cosine_similarity(
    a: Float[Array, "*#batch d"], b: Float[Array, "*#batch d"]
) -> Float[Array, "*#batch"]:
    """Return the cosine of the angle between a and b: the dot product of their directions.

    The cosine with a zero vector is undefined. Here it is 0, as if perpendicular: NaN would
    win an ``argmax``, and an error would depend on values, which a GPU must first send back.

    Args:
        a: vectors of width d.
        b: vectors of the same width; leading axes broadcast against those of ``a``.

    Returns:
        Numbers from -1 to 1; rounding beyond either end is cut off. NaN stays NaN.

    Raises:
        TypeError: if a and b differ in library, dtype or device, or are not floating.
        ValueError: if the widths differ or the leading axes do not broadcast.

    Examples:
        >>> import numpy as np
        >>> round(float(cosine_similarity(np.array([3.0, 4.0]), np.array([4.0, 3.0]))), 3)
        0.96
    """
    xp = namespace_of(a=a, b=b)
    require_vectors(a=a, b=b)
    cosine = dot(l2_normalize(widen(a, xp)), l2_normalize(widen(b, xp)))
    return xp.astype(xp.clip(cosine, -1.0, 1.0), a.dtype)


def angle_degrees(
    a: Float[Array, "*#batch d"], b: Float[Array, "*#batch d"]
) -> Float[Array, "*#batch"]:
    """Compute the angle between a and b back from its cosine, in degrees.

    Near 0° and 180° the cosine hardly moves, so that small angles are lost: those below
    about 1e-6 degrees in float64, and below about 0.02 degrees in float32.

    Args:
        a: vectors of width d.
        b: vectors of the same width; leading axes broadcast against those of ``a``.

    Returns:
        Angles from 0 to 180; 90 with a zero vector, as its cosine is taken to be 0.

    Raises:
        TypeError: if a and b differ in library, dtype or device, or are not floating.
        ValueError: if the widths differ or the leading axes do not broadcast.

    Examples:
        >>> import numpy as np
        >>> round(float(angle_degrees(np.array([3.0, 4.0]), np.array([4.0, 3.0]))), 2)
        16.26
    """
    xp = namespace_of(a=a, b=b)
    radians = xp.acos(cosine_similarity(widen(a, xp), widen(b, xp)))
    return xp.astype(radians * (180 / math.pi), a.dtype)


def squared_distance(
    a: Float[Array, "*#batch d"], b: Float[Array, "*#batch d"]
) -> Float[Array, "*#batch"]:
    """Return the squared Euclidean distance between the tips of a and b.

    Subtracting first keeps the digits that ``|a|² + |b|² - 2 a·b`` would lose for close tips.

    Args:
        a: vectors of width d.
        b: vectors of the same width; leading axes broadcast against those of ``a``.

    Returns:
        Numbers of at least 0, in the square of the unit of the entries.

    Raises:
        TypeError: if a and b differ in library, dtype or device, or are not floating.
        ValueError: if the widths differ or the leading axes do not broadcast.

    Examples:
        >>> import numpy as np
        >>> float(squared_distance(np.array([1.0, 0.0]), np.array([0.0, 1.0])))
        2.0
    """
    xp = namespace_of(a=a, b=b)
    require_vectors(a=a, b=b)
    difference = widen(a, xp) - widen(b, xp)
    return xp.astype(dot(difference, difference), a.dtype)
