"""From X by three matrices to Q, K and V, and from these to the output."""

import numpy as np
from draw import arrow, number, polygon, svg, text

X = np.array([[1, 0, 0, 0], [0, 1, 1, 0], [0, 1, 0, 1]])
W_q = np.array([[2, 0], [0, 1], [0, 0], [0, 0]])
W_k = np.array([[0, 1], [1, 0], [0, 0], [0, 0]])
W_v = np.array([[0, 0], [0, 0], [1, 0], [0, 1]])
NARROW, WIDE = 30, 50

Q, K, V = X @ W_q, X @ W_k, X @ W_v
powers = np.exp(Q @ K.T / Q.shape[1] ** 0.5)
weights = powers / powers.sum(axis=1, keepdims=True)
output = weights @ V


def table(matrix, left, middle, look, cell=NARROW, decimals=0):
    """Return the numbers of a matrix, its rows around the height ``middle``."""
    rows, columns = matrix.shape
    top = middle - rows * NARROW / 2
    right, bottom = left + columns * cell, top + rows * NARROW
    for i, j in np.ndindex(matrix.shape):
        x, y = left + j * cell, top + i * NARROW
        yield text((x + cell / 2, y + NARROW / 2 + 7), number(matrix[i, j], decimals))
    yield polygon([(left, top), (right, top), (right, bottom), (left, bottom)], look)


HIGH, MIDDLE, LOW = 82, 212, 342  # where Q, K and V stand
NEXT = (HIGH + MIDDLE) / 2
parts = [
    *table(X, 34, MIDDLE, "fig-line"),
    text((94, MIDDLE - 60), "X", "fig-math"),
    arrow((162, MIDDLE - 34), (238, HIGH + 16), "fig-a"),
    arrow((162, MIDDLE), (238, MIDDLE), "fig-b"),
    arrow((162, MIDDLE + 34), (238, LOW - 16), "fig-c"),
    text((178, NEXT - 18), "W_q", "fig-math"),
    text((194, MIDDLE - 12), "W_k", "fig-math"),
    text((178, (LOW + MIDDLE) / 2 + 34), "W_v", "fig-math"),
    *table(Q, 246, HIGH, "fig-a"),
    *table(K, 246, MIDDLE, "fig-b"),
    *table(V, 246, LOW, "fig-c"),
    text((276, HIGH - 60), "Q", "fig-math"),
    text((276, MIDDLE - 56), "K", "fig-math"),
    text((276, LOW - 56), "V", "fig-math"),
    arrow((314, HIGH + 12), (350, NEXT - 14), "fig-a"),
    arrow((314, MIDDLE - 12), (350, NEXT + 14), "fig-b"),
    *table(weights, 358, NEXT, "fig-line", WIDE, 2),
    text((433, NEXT - 60), "softmax", "fig-text"),
    arrow((433, NEXT + 54), (433, LOW - 54), "fig-c"),
    arrow((314, LOW), (372, LOW), "fig-c"),
    *table(output, 383, LOW, "fig-c", WIDE, 2),
]
rows = ((26, MIDDLE + (i - 1) * NARROW + 7) for i in range(len(X)))
parts.extend(text(row, f"x_{i}", "fig-math", "end") for i, row in enumerate(rows, 1))
print(svg(512, 396, parts))
