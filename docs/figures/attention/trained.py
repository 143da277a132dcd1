"""What a trained head makes of a sentence: every scaled score, and every weight."""

import numpy as np
from draw import number, polygon, rectangle, svg, text, tinted

from attention.trained import load_encoder

SAID = "the cat sat on the mat because it was tired"
TEXT = SAID.split()
CELL, HIGH, LEFT, TOP = 50, 36, 88, 90
AT, HEAD = TEXT.index("it"), -2  # the last head but one

model = load_encoder("english")
stages = model.steps(model.encode(TEXT))[-1].attention


def frame(top, rows):
    """Return the outline of some rows."""
    right, bottom = LEFT + len(TEXT) * CELL, top + rows * HIGH
    return [(LEFT, top), (right, top), (right, bottom), (LEFT, bottom)]


def block(matrix, top, decimals):
    """Return a matrix, its words at the left; the higher a number, the stronger its colour."""
    low, high = matrix.min(), matrix.max()
    for i, j in np.ndindex(matrix.shape):
        x, y = LEFT + j * CELL, top + i * HIGH
        cell = rectangle((x, y), CELL, HIGH, "fig-a-fill")
        yield tinted(cell, (matrix[i, j] - low) / (high - low))
        yield text((x + CELL / 2, y + HIGH / 2 + 7), number(matrix[i, j], decimals))
    for i, word in enumerate(TEXT):
        yield text((LEFT - 8, top + (i + 0.5) * HIGH + 7), word, anchor="end")
    yield polygon(frame(top, len(TEXT)), "fig-thin")
    yield polygon(frame(top + AT * HIGH, 1), "fig-b")


def above(top):
    """Return the words of the columns, turned so that they are read upwards."""
    for j, word in enumerate(TEXT):
        x, y = LEFT + (j + 0.5) * CELL + 7, top - 8
        turned = text((x, y), word, anchor="start")
        yield turned.replace("<text", f'<text transform="rotate(-90 {x:g} {y:g})"')


SCORES = TOP
WEIGHTS = SCORES + len(TEXT) * HIGH + TOP + 24
parts = [
    *block(stages.scaled[HEAD], SCORES, 1),
    *above(SCORES),
    *block(stages.weights[HEAD], WEIGHTS, 2),
    *above(WEIGHTS),
    text((2, SCORES - 14), "QKᵀ / √d_k", "fig-math", "start"),
    text((2, WEIGHTS - 14), "softmax", "fig-text", "start"),
]
print(svg(LEFT + len(TEXT) * CELL + 4, WEIGHTS + len(TEXT) * HIGH + 8, parts))
