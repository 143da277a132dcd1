"""Compare two vectors: by the angle between them, or by the distance between their tips."""

import math

from jaxtyping import Float

from attention._array import Array, namespace_of, narrow, widen
from attention.dot_product import dot, l2_normalize, require_vectors

__all__ = ["angle_degrees", "cosine_similarity", "squared_distance"]


def cosine_similarity(
    a: Float[Array, "*#batch d"],
    b: Float[Array, "*#batch d"],
) -> Float[Array, "*#batch"]:
    """Return the cosine of the angle between a and b.

    With a zero vector it is undefined. Here it is 0, as if the two were
    perpendicular: NaN would win an ``argmax``, and to raise an error
    the program would have to wait until a GPU has computed the values.

    Args:
        a: vectors of width d.
        b: vectors of the same width; leading axes broadcast.

    Returns:
        Numbers from -1 to 1; what rounding pushes beyond is cut off.
        NaN stays NaN. In float32, lengths must lie between about 1e-19
        and 1.8e19, as for l2_normalize.

    Raises:
        TypeError: if a and b differ in library, dtype or device, or
            are not floating-point.
        ValueError: if widths differ or leading axes do not broadcast.

    Examples:
        >>> import numpy as np
        >>> a, b = np.array([3.0, 4.0]), np.array([4.0, 3.0])
        >>> round(float(cosine_similarity(a, b)), 3)
        0.96
    """
    xp = namespace_of(a=a, b=b)
    require_vectors(a=a, b=b)
    unit_a = l2_normalize(widen(a, xp))
    unit_b = l2_normalize(widen(b, xp))
    cosine = dot(unit_a, unit_b)
    return narrow(xp.clip(cosine, -1.0, 1.0), a, xp)


def angle_degrees(
    a: Float[Array, "*#batch d"],
    b: Float[Array, "*#batch d"],
) -> Float[Array, "*#batch"]:
    """Compute the angle between a and b back from its cosine.

    Near 0° and 180° the cosine hardly moves: angles within about 1e-6
    degrees of either (0.02 degrees in float32) cannot be told from it.

    Args:
        a: vectors of width d.
        b: vectors of the same width; leading axes broadcast.

    Returns:
        Angles in degrees, from 0 to 180; 90 with a zero vector, whose
        cosine is taken to be 0. Lengths as for cosine_similarity.

    Raises:
        TypeError: if a and b differ in library, dtype or device, or
            are not floating-point.
        ValueError: if widths differ or leading axes do not broadcast.

    Examples:
        >>> import numpy as np
        >>> a, b = np.array([3.0, 4.0]), np.array([4.0, 3.0])
        >>> round(float(angle_degrees(a, b)), 2)
        16.26
    """
    xp = namespace_of(a=a, b=b)
    cosine = cosine_similarity(widen(a, xp), widen(b, xp))
    radians = xp.acos(cosine)
    return narrow(radians * (180 / math.pi), a, xp)


def squared_distance(
    a: Float[Array, "*#batch d"],
    b: Float[Array, "*#batch d"],
) -> Float[Array, "*#batch"]:
    """Return the squared Euclidean distance between two tips.

    Subtracting first keeps digits that ``|a|² + |b|² - 2 a·b`` loses
    when the tips are close.

    Args:
        a: vectors of width d.
        b: vectors of the same width; leading axes broadcast.

    Returns:
        Numbers of at least 0, in the square of the unit of the entries.

    Raises:
        TypeError: if a and b differ in library, dtype or device, or
            are not floating-point.
        ValueError: if widths differ or leading axes do not broadcast.

    Examples:
        >>> import numpy as np
        >>> a, b = np.array([1.0, 0.0]), np.array([0.0, 1.0])
        >>> float(squared_distance(a, b))
        2.0
    """
    xp = namespace_of(a=a, b=b)
    require_vectors(a=a, b=b)
    difference = widen(a, xp) - widen(b, xp)
    return narrow(dot(difference, difference), a, xp)
