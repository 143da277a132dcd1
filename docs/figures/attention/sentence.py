"""Who asks whom: the weights of five words, all visible and with the later ones hidden."""

import numpy as np
from draw import number, polygon, rectangle, svg, text, tinted

WORDS = ["cat", "sat", "mat", "it", "tired"]
Q = np.array([[0, 0, 3, 2], [4, 3, 0, 0], [0, 0, 3, 0], [3, 1, 0, 0], [4, 0, 0, 0]])
K = np.array([[2, 0, 0, 0], [0, 0, 2, 0], [0, 2, 0, 0], [1, 0, 0, 0], [0, 0, 0, 2]])
CELL, TOP = 50, 44
AT = WORDS.index("it")


def attend(visible):
    """Return the weights of the visible keys."""
    powers = np.exp(Q @ K.T / np.sqrt(K.shape[-1])) * visible
    return powers / powers.sum(axis=-1, keepdims=True)


def frame(corner, columns, rows, look):
    """Return the outline of a block of cells."""
    (x, y), width, height = corner, columns * CELL, rows * CELL
    return polygon([(x, y), (x + width, y), (x + width, y + height), (x, y + height)], look)


def block(weights, visible, left, names):
    """Return a table of weights; a stronger colour means more, hidden cells are empty."""
    n = len(weights)
    for i, j in np.ndindex(weights.shape):
        x, y = left + j * CELL, TOP + i * CELL
        if visible[i, j]:
            cell = rectangle((x, y), CELL, CELL, "fig-a-fill")
            yield tinted(cell, weights[i, j])
            yield text((x + CELL / 2, y + CELL / 2 + 7), number(weights[i, j], 2))
        else:
            yield rectangle((x, y), CELL, CELL, "fig-soft")
    yield frame((left, TOP), n, n, "fig-thin")
    yield frame((left, TOP + AT * CELL), n, 1, "fig-b")
    for i, word in enumerate(WORDS):
        if names:
            yield text((left - 8, TOP + (i + 0.5) * CELL + 7), word, anchor="end")
        yield text((left + (i + 0.5) * CELL, TOP - 12), word)


all_see = np.ones((len(WORDS), len(WORDS)))
earlier = np.tri(len(WORDS))
parts = [
    *block(attend(all_see), all_see, 56, True),
    *block(attend(earlier), earlier, 56 + 5 * CELL + 26, False),
]
print(svg(590, TOP + 5 * CELL + 8, parts))
