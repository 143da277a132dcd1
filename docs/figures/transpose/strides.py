"""One strip of memory, read as K and as K transposed."""

import numpy as np
from draw import arrow, line, polygon, rectangle, svg, text

K = np.arange(12.0).reshape(4, 3)
CELL = 40
KEY = 2  # the key that is followed


def block(matrix, corner, key_axis):
    """Return a matrix with one key tinted, and its two strides as arrows."""
    x, y = corner
    rows, columns = matrix.shape
    width, height = columns * CELL, rows * CELL
    if key_axis == 0:
        key = rectangle((x, y + KEY * CELL), width, CELL, "fig-b-fill")
    else:
        key = rectangle((x + KEY * CELL, y), CELL, height, "fig-b-fill")
    yield f'<g fill-opacity="0.25">{key}</g>'
    for i, j in np.ndindex(matrix.shape):
        yield text((x + (j + 0.5) * CELL, y + (i + 0.5) * CELL + 7), f"{matrix[i, j]:.0f}")
    yield from grid(corner, columns, rows)
    down, across = matrix.strides
    yield arrow((x + 0.5 * CELL, y - 12), (x + 1.5 * CELL, y - 12), "fig-a")
    yield text((x + 1.75 * CELL, y - 6), f"+{across}", anchor="start")
    yield arrow((x - 12, y + 0.5 * CELL), (x - 12, y + 1.5 * CELL), "fig-c")
    yield text((x - 22, y + CELL + 7), f"+{down}", anchor="end")


def grid(corner, columns, rows):
    """Return the lines between cells."""
    (x, y), width, height = corner, columns * CELL, rows * CELL
    corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
    yield polygon(corners, "fig-line")
    for j in range(1, columns):
        yield line((x + j * CELL, y), (x + j * CELL, y + height), "fig-thin")
    for i in range(1, rows):
        yield line((x, y + i * CELL), (x + width, y + i * CELL), "fig-thin")


def strip(corner):
    """Return the memory: every number once, in the order in which it lies."""
    x, y = corner
    start = KEY * K.shape[1] * CELL
    key = rectangle((x + start, y), K.shape[1] * CELL, CELL, "fig-b-fill")
    yield f'<g fill-opacity="0.25">{key}</g>'
    for position, value in enumerate(K.ravel()):
        yield text((x + (position + 0.5) * CELL, y + CELL / 2 + 7), f"{value:.0f}")
    yield from grid(corner, K.size, 1)


parts = [
    *block(K, (72, 62), key_axis=0),
    *block(K.T, (296, 62), key_axis=1),
    text((72 + 1.5 * CELL, 22), "K", "fig-math"),
    text((296 + 2 * CELL, 22), "Kᵀ", "fig-math"),
    *strip((14, 258)),
]
print(svg(508, 312, parts))
