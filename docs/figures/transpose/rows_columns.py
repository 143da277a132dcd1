"""A row of Q meets a column of K transposed; that column is a row of K."""

import numpy as np
from draw import arrow, polygon, rectangle, svg, text

Q = np.array([[1, 0, 2], [0, 1, 1]])
K = np.array([[1, 1, 0], [0, 2, 1], [2, 0, 1], [1, 0, 1]])
CELL = 46
LEFT, RIGHT, LOW = 50, 250, 282  # where K and Q, K transposed and S, and Q and S begin
AT_Q, AT_K = 0, 2  # the query and the key that meet


def subscript(number):
    """Return a small integer as an index."""
    return "".join(chr(0x2080 + int(digit)) for digit in str(number))


def frame(corner, columns, rows, look):
    """Return the outline of a block of cells."""
    (x, y), width, height = corner, columns * CELL, rows * CELL
    return polygon([(x, y), (x + width, y), (x + width, y + height), (x, y + height)], look)


def tint(corner, columns, rows, look):
    """Return a block of cells in a light colour."""
    return f'<g fill-opacity="0.22">{rectangle(corner, columns * CELL, rows * CELL, look)}</g>'


def table(matrix, corner):
    """Return the numbers of a matrix, each in its cell."""
    x, y = corner
    rows, columns = matrix.shape
    for i, j in np.ndindex(matrix.shape):
        yield text((x + (j + 0.5) * CELL, y + (i + 0.5) * CELL + 7), str(matrix[i, j]))
    yield frame(corner, columns, rows, "fig-thin")


n_q, d_k = Q.shape
n_k = len(K)
top = LOW - 46 - n_k * CELL
side = top + (n_k - d_k) * CELL
k_name, q_name = f"k{subscript(AT_K + 1)}", f"q{subscript(AT_Q + 1)}"
parts = [
    tint((LEFT, top + AT_K * CELL), d_k, 1, "fig-b-fill"),
    tint((RIGHT + AT_K * CELL, side), 1, d_k, "fig-b-fill"),
    tint((LEFT, LOW + AT_Q * CELL), d_k, 1, "fig-a-fill"),
    tint((RIGHT + AT_K * CELL, LOW + AT_Q * CELL), 1, 1, "fig-c-fill"),
    *table(K, (LEFT, top)),
    *table(K.T, (RIGHT, side)),
    *table(Q, (LEFT, LOW)),
    *table(Q @ K.T, (RIGHT, LOW)),
    frame((LEFT, top + AT_K * CELL), d_k, 1, "fig-b"),
    frame((RIGHT + AT_K * CELL, side), 1, d_k, "fig-b"),
    frame((LEFT, LOW + AT_Q * CELL), d_k, 1, "fig-a"),
    frame((RIGHT + AT_K * CELL, LOW + AT_Q * CELL), 1, 1, "fig-c"),
    arrow(
        (LEFT + d_k * CELL + 12, top + (AT_K + 0.5) * CELL),
        (RIGHT - 12, top + (AT_K + 0.5) * CELL),
        "fig-b",
    ),
    text((LEFT + d_k * CELL / 2, top - 14), "K", "fig-math"),
    text((RIGHT + n_k * CELL / 2, side - 34), "Kᵀ", "fig-math"),
    text((LEFT + d_k * CELL / 2, LOW - 14), "Q", "fig-math"),
    text((RIGHT + n_k * CELL / 2, LOW - 14), "S = QKᵀ", "fig-math"),
    text((LEFT - 12, top + (AT_K + 0.5) * CELL + 7), k_name, "fig-math", "end"),
    text((RIGHT + (AT_K + 0.5) * CELL, side - 10), k_name, "fig-math"),
    text((LEFT - 12, LOW + (AT_Q + 0.5) * CELL + 7), q_name, "fig-math", "end"),
]
print(svg(480, LOW + n_q * CELL + 12, parts))
