"""The whole formula on two queries and three keys: score, weigh, mix."""

import numpy as np
from draw import arrow, number, polygon, rectangle, svg, text, tinted

Q = np.array([[1.0, 0.0], [0.0, 1.0]])
K = np.array([[1.0, 0.0], [1.0, 1.0], [0.0, 2.0]])
V = np.array([[10.0], [20.0], [30.0]])
ROW, MIDDLE = 44, 116

scores = Q @ K.T / np.sqrt(Q.shape[-1])
weights = np.exp(scores) / np.exp(scores).sum(axis=-1, keepdims=True)
output = weights @ V


def table(matrix, left, width, name, look, decimals=0, shade=None):
    """Return a matrix with its name above, cells shaded by ``shade``."""
    rows, columns = matrix.shape
    top = MIDDLE - rows * ROW / 2
    right, bottom = left + columns * width, top + rows * ROW
    for i, j in np.ndindex(matrix.shape):
        x, y = left + j * width, top + i * ROW
        if shade is not None:
            cell = rectangle((x, y), width, ROW, f"{look}-fill")
            yield tinted(cell, shade[i, j])
        yield text((x + width / 2, y + ROW / 2 + 7), number(matrix[i, j], decimals))
    corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
    yield polygon(corners, look)
    yield text(((left + right) / 2, top - 14), name, "fig-math")


parts = [
    *table(Q, 2, 32, "Q", "fig-a"),
    *table(K.T, 76, 32, "Kᵀ", "fig-b"),
    arrow((180, MIDDLE), (262, MIDDLE), "fig-c"),
    text((220, MIDDLE - 16), "softmax"),
    text((220, MIDDLE + 28), "÷ √d_k", "fig-math"),
    *table(weights, 270, 54, "", "fig-c", decimals=2, shade=weights),
    *table(V, 442, 42, "V", "fig-b"),
    text((506, MIDDLE + 7), "="),
    *table(output, 528, 56, "", "fig-a", decimals=1),
]
print(svg(588, 186, parts))
