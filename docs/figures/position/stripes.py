"""One token everywhere: scores with positions added to it, and with positions turned into it."""

import numpy as np
from draw import rectangle, svg, text

N, D, CELL, GAP, TOP, LEFT = 12, 64, 21, 52, 34, 28

rng = np.random.default_rng(0)
w_q, w_k = rng.standard_normal((2, D, D)) / np.sqrt(D)
x = rng.standard_normal(D)
speeds = 10_000.0 ** (-np.arange(0, D, 2) / D)
angles = np.arange(N)[:, None] * speeds
table = np.stack([np.sin(angles), np.cos(angles)], axis=-1).reshape(N, D)


def turned(row):
    """Return a row of complex numbers, one a pair, turned to every position."""
    return (row[: D // 2] + 1j * row[D // 2 :]) * np.exp(1j * angles)


added = (x + table) @ w_q @ ((x + table) @ w_k).T
rotated = (turned(x @ w_q) @ turned(x @ w_k).conj().T).real

parts = []
for side, scores in enumerate((added, rotated)):
    corner = LEFT + side * (N * CELL + GAP)
    shade = (scores - scores.min()) / (scores.max() - scores.min())
    for i, j in np.ndindex(N, N):
        cell = rectangle((corner + j * CELL, TOP + i * CELL), CELL, CELL, "fig-a-fill")
        parts.append(cell.replace("/>", f' fill-opacity="{0.04 + 0.96 * shade[i, j]:.2f}"/>'))
    parts.append(text((corner + N * CELL / 2, TOP - 10), "j →", "fig-math"))
    parts.append(text((corner - 16, TOP + N * CELL / 2 - 2), "i", "fig-math"))
    parts.append(text((corner - 16, TOP + N * CELL / 2 + 20), "↓", "fig-math"))
width = LEFT + 2 * N * CELL + GAP + 8
print(svg(width, TOP + N * CELL + 10, parts))
