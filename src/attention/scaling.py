"""Keep the spread of the scores the same, however wide the keys are."""

import math

from jaxtyping import Float

from attention._array import Array, namespace_of, narrow, require_count, require_positive, widen

__all__ = ["scale_scores", "soft_cap"]


def scale_scores(
    scores: Float[Array, "*batch n_q n_k"], d_k: int
) -> Float[Array, "*batch n_q n_k"]:
    """Divide dot-product scores by ``sqrt(d_k)``.

    If all entries of two vectors of width ``d_k`` are independent, those
    of one also of those of the other, each with mean 0 and variance 1,
    their dot product has variance ``d_k``; divided by ``sqrt(d_k)`` it
    has variance 1.

    Args:
        scores: dot products of queries with keys; dimensionless.
        d_k: width of one key, in features; an integer of at least 1.

    Returns:
        The scaled scores; same shape, dtype and device.

    Raises:
        TypeError: if scores are not floating-point, or d_k is not an
            integer.
        ValueError: if d_k is less than 1.

    Source:
        Vaswani et al. 2017, arXiv:1706.03762, section 3.2.1.

    Examples:
        >>> import numpy as np
        >>> scale_scores(np.array([[8.0, 16.0]]), d_k=64).tolist()
        [[1.0, 2.0]]
    """
    namespace_of(scores=scores)
    width = require_count("d_k", d_k, least=1)
    return scores / math.sqrt(width)


def soft_cap(
    scores: Float[Array, "*batch n_q n_k"],
    cap: float,
) -> Float[Array, "*batch n_q n_k"]:
    """Bend scores so that none lies beyond ``cap``: ``cap * tanh(s / cap)``.

    Scores that are small beside the cap, of either sign, stay nearly
    what they were. None overtakes another, though rounding makes those
    far beyond the cap equal.

    Args:
        scores: scores, already scaled; dimensionless.
        cap: what no score exceeds in size; a positive finite number.

    Returns:
        Scores from ``-cap`` to ``cap``, up to rounding; same shape, dtype
        and device. float16 and bfloat16 are bent in float32.

    Raises:
        TypeError: if scores are not floating-point, or cap is not a number.
        ValueError: if cap is not positive and finite.

    Source:
        Gemma Team 2024, arXiv:2408.00118, section 2.

    Examples:
        >>> import numpy as np
        >>> soft_cap(np.array([[0.0, 1.0, 100.0]]), cap=5.0).round(3).tolist()
        [[0.0, 0.987, 5.0]]
    """
    xp = namespace_of(scores=scores)
    limit = require_positive("cap", cap)
    bent = limit * xp.tanh(widen(scores, xp) / limit)
    return narrow(bent, scores, xp)
