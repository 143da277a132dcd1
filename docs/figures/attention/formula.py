"""A row of Q meets a column of Kᵀ in one score: the first state of attention/formula."""

import numpy as np
from draw import in_first_state, number, polygon, rectangle, svg, text

CELL = 46  # of every matrix
HEAD, GAP = 34, 14  # above a matrix, and between two

names = in_first_state("attention/formula")
Q, K, scores = names["Q"], names["K"], names["scores"]
i, j = names["row"], names["column"]
left, top = 60, HEAD
right, below = left + Q.shape[1] * CELL + GAP, top + K.shape[1] * CELL + HEAD


def matrix(numbers, x, y, name):
    """Return the numbers of a matrix in their cells, its outline, and its name above."""
    height, width = (CELL * size for size in numbers.shape)
    for row, column in np.ndindex(numbers.shape):
        at = (x + CELL * (column + 0.5), y + CELL * (row + 0.5) + 7)
        yield text(at, number(numbers[row, column]))
    yield polygon([(x, y), (x + width, y), (x + width, y + height), (x, y + height)], "fig-thin")
    yield text((x + width / 2, y - 10), name, "fig-math")


def shaded(x, y, columns, rows, look):
    """Return cells in a light colour."""
    return f'<g fill-opacity="0.22">{rectangle((x, y), columns * CELL, rows * CELL, look)}</g>'


a, b = right + j * CELL, below + i * CELL  # the cell where the two meet
corners = [(a, b), (a + CELL, b), (a + CELL, b + CELL), (a, b + CELL)]
parts = [
    shaded(left, b, Q.shape[1], 1, "fig-a-fill"),
    shaded(a, top, 1, K.shape[1], "fig-b-fill"),
    *matrix(Q, left, below, "Q"),
    *matrix(K.T, right, top, "Kᵀ"),
    *matrix(scores, right, below, "QKᵀ"),
    polygon(corners, "fig-c"),
]
print(svg(right + 3 * CELL + 60, below + 3 * CELL + 4, parts))
