"""Three tokens, two heads of two features: split rightly, and by a view alone."""

import numpy as np
from draw import arrow, number, polygon, rectangle, svg, text

Q = np.add.outer([100, 200, 300], [11, 12, 21, 22])
N, N_HEADS, D_K = 3, 2, 2
WIDE, HIGH = 56, 40
LOOK = {1: "fig-a-fill", 2: "fig-b-fill"}
LEFT, RIGHT, GAP = 10, 332, 24

right = Q.reshape(N, N_HEADS, D_K).swapaxes(0, 1)
wrong = Q.reshape(N_HEADS, N, D_K)


def table(matrix, corner, frame):
    """Return a table whose cells have the colour of the head that they belong to."""
    x, y = corner
    rows, columns = matrix.shape
    for i, j in np.ndindex(matrix.shape):
        cell = rectangle(
            (x + j * WIDE, y + i * HIGH), WIDE, HIGH, LOOK[int(matrix[i, j]) // 10 % 10]
        )
        yield f'<g fill-opacity="0.25">{cell}</g>'
        yield text((x + (j + 0.5) * WIDE, y + (i + 0.5) * HIGH + 7), number(matrix[i, j]))
    width, height = columns * WIDE, rows * HIGH
    yield polygon([(x, y), (x + width, y), (x + width, y + height), (x, y + height)], frame)


def shape(array):
    """Return a shape as readers write it."""
    return "(" + ", ".join(map(str, array.shape)) + ")"


TOPS = {30: (right, "fig-line"), 232: (wrong, "fig-wrong")}
MIDDLE = (30 + 232 + N * HIGH) / 2
parts = [
    *table(Q, (LEFT, MIDDLE - N * HIGH / 2), "fig-line"),
    text((LEFT + 2 * WIDE, MIDDLE - N * HIGH / 2 - 10), shape(Q)),
]
for top, (heads, frame) in TOPS.items():
    for h, matrix in enumerate(heads):
        parts += table(matrix, (RIGHT + h * (D_K * WIDE + GAP), top), frame)
    label = shape(heads)
    parts.append(text((RIGHT + D_K * WIDE + GAP / 2, top - 10), label))
    look = "fig-c" if frame == "fig-line" else frame
    start = MIDDLE + (-24 if top == 30 else 24)
    parts.append(arrow((LEFT + 4 * WIDE + 12, start), (RIGHT - 14, top + N * HIGH / 2), look))
print(svg(596, 232 + N * HIGH + 10, parts))
