"""Scores of one query against the same key at every distance: three queries."""

import numpy as np
from draw import line, number, polyline, svg, text

D, N, BACK = 64, 100, 20
WIDTH, LEFT, RIGHT, ZERO, UNIT = 596, 56, 16, 230, 200

speeds = 10_000.0 ** (-np.arange(0, D, 2) / D)
distances = np.arange(N)
same = np.exp(1j * np.outer(distances, speeds)).mean(axis=1).real
back = np.exp(1j * np.outer(distances - BACK, speeds)).mean(axis=1).real
q = np.random.default_rng(0).standard_normal((N, D))[-1] / np.sqrt(D)
pairs = (q[: D // 2] + 1j * q[D // 2 :]) * (1 - 1j)  # times the conjugate of the key's pairs
some = (np.exp(1j * np.outer(distances, speeds)) @ pairs).real / np.sqrt(D)

step = (WIDTH - LEFT - RIGHT) / (N - 1)
parts = []
for level in (0, 0.5, 1):
    y = ZERO - UNIT * level
    parts += [
        line((LEFT, y), (WIDTH - RIGHT, y), "fig-thin"),
        text((LEFT - 10, y + 7), f"{level:g}", anchor="end"),
    ]
for place in (0, BACK, 40, 60, 80):
    parts.append(text((LEFT + place * step, ZERO + 62), number(place)))
for scores, look in ((some, "fig-c"), (same, "fig-a"), (back, "fig-b")):
    parts.append(polyline([(LEFT + i * step, ZERO - UNIT * s) for i, s in enumerate(scores)], look))
parts.append(text((WIDTH - RIGHT, ZERO + 62), "i − j", "fig-math", "end"))
print(svg(WIDTH, ZERO + 76, parts))
