"""Turn scores into weights: none negative, and each row adds up to 1, or to 0 if all is hidden."""

from typing import Any

from jaxtyping import Float

from attention._array import Array, namespace_of, narrow, require_integer, widen

__all__ = ["effective_number", "softmax"]


def softmax(
    scores: Float[Array, "*axes"],
    *,
    axis: int = -1,
) -> Float[Array, "*axes"]:
    """Return weights in proportion to ``exp(scores)`` that add up to 1.

    Subtracting the highest score first changes no weight and keeps
    ``exp`` at or below 1, so that it never overflows.

    Args:
        scores: scores; -inf marks what may not be seen.
        axis: along which the weights add up to 1; the last, the keys,
            unless said otherwise.

    Returns:
        Weights of the same shape, dtype and device. The weight of -inf
        is 0; where all scores are -inf, all weights and their gradients
        are 0. With NaN or +inf the weights are NaN. float16 and
        bfloat16 are computed in float32.

    Raises:
        TypeError: if scores are not floating-point, or axis is not an
            integer.
        ValueError: if scores have no such axis.

    Examples:
        >>> import numpy as np
        >>> softmax(np.array([0.0, 1.0, 2.0])).round(3).tolist()
        [0.09, 0.245, 0.665]
        >>> softmax(np.array([1000.0, 1000.0])).tolist()
        [0.5, 0.5]
    """
    xp = namespace_of(scores=scores)
    axis = require_axis(scores, axis)
    if scores.shape[axis] == 0:  # without keys, no maximum; exp keeps a gradient
        return xp.exp(scores)
    wide = widen(scores, xp)
    highest = xp.max(wide, axis=axis, keepdims=True)
    highest = xp.where(highest == -xp.inf, 0.0, highest)  # all hidden: -inf - -inf is NaN
    powers = xp.exp(wide - highest)
    total = xp.sum(powers, axis=axis, keepdims=True)  # at least 1, or 0 if all is hidden
    weights = powers / xp.where(total == 0, 1.0, total)
    return narrow(weights, scores, xp)


def effective_number(
    weights: Float[Array, "*batch n_k"],
) -> Float[Array, "*batch"]:
    """Return over how many keys each row of weights spreads: ``exp(entropy)``.

    Args:
        weights: rows that add up to 1, such as :func:`softmax` returns.

    Returns:
        From 1, all weight on one key, to n_k, the same weight on each;
        0 for a row without weight. NaN stays NaN. Same dtype and
        device.

    Raises:
        TypeError: if weights are not floating-point.
        ValueError: if weights have no axis.

    Examples:
        >>> import numpy as np
        >>> rows = np.array([[0.5, 0.5, 0.0], [1.0, 0.0, 0.0]])
        >>> effective_number(rows).round(3).tolist()
        [2.0, 1.0]
    """
    xp = namespace_of(weights=weights)
    require_axis(weights, -1)
    wide = widen(weights, xp)
    surprise = -xp.log(xp.where(wide > 0, wide, 1.0))  # 0 · log 0 counts as 0
    entropy = xp.sum(wide * surprise, axis=-1)
    number = xp.where(xp.all(wide <= 0, axis=-1), 0.0, xp.exp(entropy))
    return narrow(number, weights, xp)


def require_axis(array: Array, axis: Any) -> int:
    """Return the axis as an integer, or raise if ``array`` has none of that number."""
    number = require_integer("axis", axis)
    if not -array.ndim <= number < array.ndim:
        raise ValueError(
            f"axis must be one of the {array.ndim} axes of {tuple(array.shape)}; got {number}"
        )
    return number
