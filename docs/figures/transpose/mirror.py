"""The scores of queries with keys, and of keys with queries: mirror images."""

import numpy as np
from draw import polygon, rectangle, svg, text

Q = np.array([[1, 0, 2], [0, 1, 1], [2, 1, 0], [1, 1, 1]])
K = np.array([[1, 1, 0], [0, 2, 1], [2, 0, 1], [0, 1, 3]])
CELL = 44
TOP = 78
AT = 2  # the token that is followed


def names(letter, n):
    """Return the names of n vectors."""
    return [f"{letter}{chr(0x2080 + i)}" for i in range(1, n + 1)]


def frame(corner, columns, rows, look):
    """Return the outline of a block of cells."""
    (x, y), width, height = corner, columns * CELL, rows * CELL
    return polygon([(x, y), (x + width, y), (x + width, y + height), (x, y + height)], look)


def block(matrix, left, rows, columns, title, looks):
    """Return a table with the upper triangle in grey, one row and one column framed."""
    n = len(matrix)
    for i in range(n - 1):
        corner = (left + (i + 1) * CELL, TOP + i * CELL)
        yield rectangle(corner, (n - 1 - i) * CELL, CELL, "fig-soft")
    for i, j in np.ndindex(matrix.shape):
        at = (left + (j + 0.5) * CELL, TOP + (i + 0.5) * CELL + 7)
        yield text(at, str(matrix[i, j]))
    yield frame((left, TOP), n, n, "fig-thin")
    yield frame((left + AT * CELL, TOP), 1, n, looks[1])
    yield frame((left, TOP + AT * CELL), n, 1, looks[0])
    for i in range(n):
        yield text((left - 10, TOP + (i + 0.5) * CELL + 7), rows[i], "fig-math", "end")
        yield text((left + (i + 0.5) * CELL, TOP - 12), columns[i], "fig-math")
    yield text((left + n * CELL / 2, TOP - 48), title, "fig-math")


scores = Q @ K.T
queries, keys = names("q", len(Q)), names("k", len(K))
parts = [
    *block(scores, 42, queries, keys, "QKᵀ", ("fig-a", "fig-b")),
    *block(K @ Q.T, 292, keys, queries, "KQᵀ", ("fig-b", "fig-a")),
]
print(svg(480, TOP + len(Q) * CELL + 12, parts))
