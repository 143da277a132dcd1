"""The gradient that reaches the query, in sixty draws, with and without the division."""

from math import sqrt

import numpy as np
from draw import line, number, rectangle, svg, text

D, N_K, DRAWS = 1024, 16, 60
LEFT, STEP, HEIGHT = 62, 6.8, 120
TOP = 6  # where the axis ends


def sizes(scale):
    """Return the length of the gradient in each draw; the same draws for every scale."""
    rng = np.random.default_rng(0)
    for _ in range(DRAWS):
        q, K = rng.standard_normal(D), rng.standard_normal((N_K, D))
        g = rng.standard_normal(N_K)
        g /= np.linalg.norm(g)
        scores = scale * K @ q
        p = np.exp(scores - scores.max())
        p /= p.sum()
        yield np.linalg.norm(scale * K.T @ (p * (g - p @ g)))


def panel(ground, scale, look):
    """Return one bar a draw above a line that starts at 0."""
    for i, size in enumerate(sizes(scale)):
        height = HEIGHT * size / TOP
        yield rectangle((LEFT + i * STEP, ground - height), STEP - 2, height, look)
    yield line((LEFT - 6, ground), (LEFT + DRAWS * STEP, ground), "fig-thin")
    yield line((LEFT - 6, ground), (LEFT - 6, ground - HEIGHT), "fig-thin")
    for mark in (0, TOP / 2, TOP):
        yield text((LEFT - 14, ground - HEIGHT * mark / TOP + 7), number(mark), anchor="end")


parts = [
    text((LEFT + 6, 22), "q · k", "fig-math", "start"),
    *panel(150, 1, "fig-wrong-fill"),
    text((LEFT + 6, 192), "q · k / √d_k", "fig-math", "start"),
    *panel(320, 1 / sqrt(D), "fig-a-fill"),
]
print(svg(480, 336, parts))
