"""Four masks for six tokens: causal, two packed texts, a window, a prompt read both ways."""

import numpy as np
from draw import polygon, rectangle, svg

N, CELL, GAP, TOP = 6, 26, 14, 6
TEXTS = np.array([0, 0, 1, 1, 1, 1])
WINDOW, PROMPT = 3, 3

query, key = np.arange(N)[:, None], np.arange(N)[None, :]
earlier = key <= query
masks = [
    earlier,
    earlier & (TEXTS[:, None] == TEXTS[None, :]),
    earlier & (key > query - WINDOW),
    earlier | (key < PROMPT),
]
parts = []
for number, mask in enumerate(masks):
    left = 4 + number * (N * CELL + GAP)
    for i, j in np.ndindex(mask.shape):
        corner = (left + j * CELL + 1, TOP + i * CELL + 1)
        if mask[i, j]:
            cell = rectangle(corner, CELL - 2, CELL - 2, "fig-a-fill")
            parts.append(f'<g fill-opacity="0.45">{cell}</g>')
        else:
            parts.append(rectangle(corner, CELL - 2, CELL - 2, "fig-soft"))
    right, bottom = left + N * CELL, TOP + N * CELL
    frame = [(left, TOP), (right, TOP), (right, bottom), (left, bottom)]
    parts.append(polygon(frame, "fig-thin"))
print(svg(right + 4, bottom + 6, parts))
