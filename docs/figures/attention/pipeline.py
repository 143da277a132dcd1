"""The worked example as one staircase: score, scale, weigh, mix."""

import numpy as np
from draw import arrow, number, polygon, rectangle, svg, text, tinted

Q = np.array([[2.0, 0, 2, 0], [-2, 2, 2, 2], [2, 0, 0, 1]])
K = np.array([[1.0, 0, 1, 0], [0, 1, 0, 2], [1, 1, 0, 0]])
V = np.array([[10.0, 0, 0, 4, 5], [0, 10, 0, 8, 5], [0, 0, 10, 0, 5]])
CELL, NARROW, WIDE = 42, 38, 50  # height of a cell; widths, in Q and where decimals stand
VALUE = 46  # width of a cell in V and O
LEFT, MIDDLE, RIGHT = 2, 178, 352  # where Q, the scores and the values begin
AT = 0  # the query that is followed

scores = Q @ K.T
scaled = scores / np.sqrt(K.shape[-1])
weights = np.exp(scaled) / np.exp(scaled).sum(axis=-1, keepdims=True)
output = weights @ V

ONE, TWO, THREE, FOUR = 40, 258, 446, 634  # tops of the four steps


def frame(corner, width, height, look):
    """Return the outline of a block."""
    x, y = corner
    return polygon([(x, y), (x + width, y), (x + width, y + height), (x, y + height)], look)


def table(matrix, corner, look, name, width=CELL, decimals=0, row=None, shade=None):
    """Return a matrix with its name above, one row framed, cells shaded by ``shade``."""
    x, y = corner
    rows, columns = matrix.shape
    for i, j in np.ndindex(matrix.shape):
        if shade is not None:
            cell = rectangle((x + j * width, y + i * CELL), width, CELL, f"{look}-fill")
            yield tinted(cell, shade[i, j])
        at = (x + (j + 0.5) * width, y + (i + 0.5) * CELL + 7)
        yield text(at, number(matrix[i, j], decimals))
    yield frame(corner, columns * width, rows * CELL, "fig-thin")
    if row is not None:
        yield frame((x, y + row * CELL), columns * width, CELL, look)
    yield text((x + columns * width / 2, y - 12), name, "fig-math")


def down(top, name):
    """Return the arrow from one step to the next, with what it does."""
    x = MIDDLE + 1.5 * WIDE
    yield arrow((x, top + 3 * CELL + 8), (x, top + 3 * CELL + 52), "fig-c")
    yield text((x - 14, top + 3 * CELL + 36), name, "fig-text", "end")


parts = [
    *table(K.T, (MIDDLE, ONE), "fig-b", "Kᵀ", WIDE),
    *table(Q, (LEFT, TWO), "fig-a", "Q", NARROW, row=AT),
    *table(scores, (MIDDLE, TWO), "fig-a", "", WIDE, row=AT),
    text((MIDDLE + 3 * WIDE + 14, TWO + 1.5 * CELL + 7), "QKᵀ", "fig-math", "start"),
    *down(TWO, "÷ √4"),
    *table(scaled, (MIDDLE, THREE), "fig-a", "", WIDE, row=AT),
    *down(THREE, "softmax"),
    *table(V, (RIGHT, THREE), "fig-b", "V", VALUE),
    *table(weights, (MIDDLE, FOUR), "fig-a", "", WIDE, 2, AT, weights),
    *table(output, (RIGHT, FOUR), "fig-a", "O", VALUE, 1, AT),
]
print(svg(584, FOUR + 3 * CELL + 10, parts))
