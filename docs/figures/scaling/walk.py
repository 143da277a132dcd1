"""Scores on their way: sums of plus and minus one, term by term, and how far they spread."""

from math import sqrt

import numpy as np
from draw import line, number, polyline, svg, text

WIDTH, WALKS = 64, 16
LEFT, MIDDLE, STEP, UNIT, TOP = 52, 150, 6.2, 5, 24


def at(terms, total):
    """Return the place of a sum after so many terms."""
    return LEFT + STEP * terms, MIDDLE - UNIT * total


signs = np.random.default_rng(2).choice([-1, 1], size=(WALKS, WIDTH))
sums = np.cumsum(signs, axis=1)
root = [(c, sqrt(c)) for c in range(WIDTH + 1)]
parts = [line(at(0, 0), at(WIDTH, 0), "fig-thin"), line(at(0, -TOP), at(0, TOP), "fig-thin")]
parts += [
    polyline([at(0, 0), *(at(c, total) for c, total in enumerate(walk, 1))], "fig-thin")
    for walk in sums.tolist()
]
parts += [polyline([at(c, sign * height) for c, height in root], "fig-a") for sign in (1, -1)]
parts.append(line(at(0, 0), at(TOP, TOP), "fig-b"))
for mark in (-16, -8, 0, 8, 16):
    x, y = at(0, mark)
    parts.append(text((x - 10, y + 7), number(mark), anchor="end"))
for mark in (16, 64):
    x, y = at(mark, -TOP)
    parts.append(line((x, y), (x, y + 6), "fig-thin"))
    parts.append(text((x, y + 28), number(mark)))
parts.append(line(at(0, -TOP), at(WIDTH, -TOP), "fig-thin"))
x, y = at(WIDTH, sqrt(WIDTH))
parts.append(text((x + 8, y + 7), "√c", "fig-math", "start"))
x, y = at(TOP, TOP)
parts.append(text((x + 8, y + 14), "+1 +1 +1 …", "fig-math", "start"))
parts.append(text((at(40, 0)[0], at(0, -TOP)[1] + 28), "c", "fig-math"))
print(svg(500, 310, parts))
