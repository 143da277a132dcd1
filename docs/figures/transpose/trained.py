"""The scores of a trained head: every word of a sentence with every other."""

import numpy as np
from draw import number, polygon, rectangle, svg, text, tinted

from attention.trained import load_encoder

CELL, LEFT, TOP = 42, 88, 84
SENTENCE = "the cat sat on the mat because it was tired"
WORDS = SENTENCE.split()

model = load_encoder("english")
layer = model.steps(model.encode(WORDS))[0]
scores = layer.query[1] @ layer.key[1].mT
n, most = len(WORDS), abs(scores).max()


def turned(at, content):
    """Return a word that is read upwards."""
    x, y = at
    place = f'transform="rotate(-90 {x:g} {y:g})"'
    return text(at, content, anchor="start").replace("<text", f"<text {place}")


def frame(row, rows, look):
    """Return the outline of some rows."""
    top, low, right = TOP + row * CELL, TOP + (row + rows) * CELL, LEFT + n * CELL
    return polygon([(LEFT, top), (right, top), (right, low), (LEFT, low)], look)


parts = []
for i, j in np.ndindex(scores.shape):
    x, y = LEFT + j * CELL, TOP + i * CELL
    look = "fig-a-fill" if scores[i, j] > 0 else "fig-b-fill"
    parts.append(tinted(rectangle((x, y), CELL, CELL, look), abs(scores[i, j]) / most))
    parts.append(text((x + CELL / 2, y + CELL / 2 + 7), number(scores[i, j])))
for i, word in enumerate(WORDS):
    parts.append(text((LEFT - 8, TOP + (i + 0.5) * CELL + 7), word, anchor="end"))
    parts.append(turned((LEFT + (i + 0.5) * CELL + 7, TOP - 10), word))
parts += [frame(0, n, "fig-thin"), frame(WORDS.index("it"), 1, "fig-line")]
print(svg(LEFT + n * CELL + 4, TOP + n * CELL + 4, parts))
