"""Who may see whom, and the weights that come of it: the first state of masking/mask."""

import numpy as np
from draw import in_first_state, number, rectangle, svg, text

CELL, LABEL, HEAD, GAP, SUM = 50, 34, 34, 44, 74
TOKENS = "abcdef"

names = in_first_state("masking/mask")
visible, weights, sums = names["visible"], names["weights"], names["sums"]
second = LABEL + len(TOKENS) * CELL + GAP
right = second + LABEL + len(TOKENS) * CELL
parts = []
for left in (0, second):
    for k, token in enumerate(TOKENS):
        middle = CELL * (k + 0.5)
        parts.append(text((left + LABEL + middle, HEAD - 12), token, "fig-math"))
        parts.append(text((left + LABEL / 2, HEAD + middle + 7), token, "fig-math"))
for i, j in np.ndindex(visible.shape):
    top = HEAD + i * CELL
    for left, strength in ((0, 0.45), (second, 0.08 + 0.5 * weights[i, j])):
        corner = (left + LABEL + j * CELL + 1, top + 1)
        look = "fig-a-fill" if visible[i, j] else "fig-soft"
        cell = rectangle(corner, CELL - 2, CELL - 2, look)
        parts.append(f'<g fill-opacity="{strength:.2f}">{cell}</g>' if visible[i, j] else cell)
    shown = number(weights[i, j], 2) if weights[i, j] else "0"
    parts.append(text((second + LABEL + CELL * (j + 0.5), top + CELL / 2 + 7), shown))
parts.append(text((right + SUM / 2, HEAD - 12), "Σ"))
for i, total in enumerate(sums):
    parts.append(text((right + SUM / 2, HEAD + CELL * (i + 0.5) + 7), number(total, 2)))
print(svg(right + SUM, HEAD + len(TOKENS) * CELL + 4, parts))
