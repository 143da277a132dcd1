"""Multiply, measure, normalise and project vectors: the algebra and geometry of ``a · b``."""

from jaxtyping import Float

from attention._array import Array, broadcast, listed, namespace_of, narrow, shapes_of, widen

__all__ = ["dot", "l2_normalize", "norm", "project"]


def dot(
    a: Float[Array, "*#batch d"],
    b: Float[Array, "*#batch d"],
) -> Float[Array, "*#batch"]:
    """Multiply entry by entry and add up along the last axis.

    The Array API standard calls it ``vecdot``.

    Args:
        a: vectors of width d.
        b: vectors of the same width; leading axes broadcast.

    Returns:
        One number per pair, of the same dtype and on the same device;
        float16 and bfloat16 are summed in float32. A sum beyond the
        largest number of the dtype becomes infinite; infinite products
        of both signs add up to NaN.

    Raises:
        TypeError: if a and b differ in library, dtype or device, or
            are not floating-point.
        ValueError: if widths differ or leading axes do not broadcast.

    Examples:
        >>> import numpy as np
        >>> a, b = np.array([1.0, 2.0, 3.0]), np.array([4.0, 5.0, 6.0])
        >>> float(dot(a, b))
        32.0
    """
    xp = namespace_of(a=a, b=b)
    require_vectors(a=a, b=b)
    products = widen(a, xp) * widen(b, xp)
    return narrow(xp.sum(products, axis=-1), a, xp)


def norm(a: Float[Array, "*batch d"]) -> Float[Array, "*batch"]:
    """Return the length of each vector, the root of ``a · a``.

    The Array API standard calls it ``vector_norm``.

    Args:
        a: vectors of width d.

    Returns:
        Lengths, at least 0; same dtype and device. Squares are computed
        in float32, or in float64 for float64: in float32, lengths must
        lie between about 1e-19 and 1.8e19, as for l2_normalize. A length
        beyond the largest number of the dtype becomes infinite. The
        gradient at a zero vector is NaN.

    Raises:
        TypeError: if ``a`` is not a floating-point array.
        ValueError: if ``a`` has no axis.

    Examples:
        >>> import numpy as np
        >>> float(norm(np.array([3.0, 4.0])))
        5.0
    """
    xp = namespace_of(a=a)
    require_vectors(a=a)
    wide = widen(a, xp)
    return narrow(xp.sqrt(dot(wide, wide)), a, xp)


def l2_normalize(
    a: Float[Array, "*batch d"],
) -> Float[Array, "*batch d"]:
    """Keep the direction of each vector and make its length 1.

    A zero vector has no direction: it stays zero, and its gradient is
    finite.

    Args:
        a: vectors of width d.

    Returns:
        Vectors of length 1 or 0, of the same shape, dtype and device.
        In float32, lengths other than 0 must lie between about 1e-19 and
        1.8e19: the squares of others are too small or too large for
        float32, and the result is wrong.

    Raises:
        TypeError: if ``a`` is not a floating-point array.
        ValueError: if ``a`` has no axis.

    Examples:
        >>> import numpy as np
        >>> l2_normalize(np.array([[3.0, 4.0], [0.0, 0.0]])).tolist()
        [[0.6, 0.8], [0.0, 0.0]]
    """
    xp = namespace_of(a=a)
    require_vectors(a=a)
    wide = widen(a, xp)
    squares = dot(wide, wide)[..., None]
    lengths = xp.sqrt(xp.where(squares == 0, 1.0, squares))
    return narrow(wide / lengths, a, xp)


def project(
    b: Float[Array, "*#batch d"],
    onto: Float[Array, "*#batch d"],
) -> Float[Array, "*#batch d"]:
    """Return the shadow of each ``b`` on the line through ``onto``.

    Args:
        b: vectors of width d.
        onto: vectors of the same width; only their direction counts.
            The shadow on a zero vector is zero. Lengths of onto as for
            l2_normalize.

    Returns:
        Multiples of ``onto``; the rest of b is perpendicular to them.

    Raises:
        TypeError: if b and onto differ in library, dtype or device,
            or are not floating-point.
        ValueError: if widths differ or leading axes do not broadcast.

    Examples:
        >>> import numpy as np
        >>> a, b = np.array([4.0, 0.0]), np.array([3.0, 3.0])
        >>> project(b, onto=a).tolist()
        [3.0, 0.0]
    """
    xp = namespace_of(b=b, onto=onto)
    require_vectors(b=b, onto=onto)
    direction = l2_normalize(widen(onto, xp))
    shadow = dot(widen(b, xp), direction)  # signed length
    return narrow(shadow[..., None] * direction, b, xp)


def require_vectors(**arrays: Array) -> None:
    """Raise ValueError unless all have the same last axis, d, and the others broadcast."""
    shapes = [tuple(array.shape) for array in arrays.values()]
    if any(len(shape) == 0 for shape in shapes):
        raise ValueError(f"{listed(arrays)} must have a last axis, d; got {shapes_of(**arrays)}")
    if any(shape[-1] != shapes[0][-1] for shape in shapes):
        raise ValueError(f"{listed(arrays)} must have the same width d; got {shapes_of(**arrays)}")
    if broadcast(*(shape[:-1] for shape in shapes)) is None:
        raise ValueError(
            f"{listed(arrays)} must have leading axes that broadcast; got {shapes_of(**arrays)}"
        )
