"""Who may see whom, and the weights that come of it: the first state of masking/mask."""

import numpy as np
from draw import in_first_state, number, rectangle, svg, text, tinted

SEEN, CELL, HIGH = 34, 44, 40  # widths of a cell, without a number and with one; height of both
LABEL, HEAD, GAP, SUM = 26, 34, 20, 54
TOKENS = "abcdef"

names = in_first_state("masking/mask")
visible, weights, sums = names["visible"], names["weights"], names["sums"]
second = LABEL + len(TOKENS) * SEEN + GAP
right = second + LABEL + len(TOKENS) * CELL
parts = []
for left, wide in ((0, SEEN), (second, CELL)):
    for k, token in enumerate(TOKENS):
        parts.append(text((left + LABEL + wide * (k + 0.5), HEAD - 12), token, "fig-math"))
        parts.append(text((left + LABEL / 2, HEAD + HIGH * (k + 0.5) + 7), token, "fig-math"))
for i, j in np.ndindex(visible.shape):
    top = HEAD + i * HIGH
    share = 0.15 + 0.85 * weights[i, j]  # so that a small weight, too, is seen to be visible
    for left, wide, strength in ((0, SEEN, 1), (second, CELL, share)):
        corner = (left + LABEL + j * wide + 1, top + 1)
        look = "fig-a-fill" if visible[i, j] else "fig-soft"
        cell = rectangle(corner, wide - 2, HIGH - 2, look)
        parts.append(tinted(cell, strength) if visible[i, j] else cell)
    shown = number(weights[i, j], 2) if weights[i, j] else "0"
    parts.append(text((second + LABEL + CELL * (j + 0.5), top + HIGH / 2 + 7), shown))
parts.append(text((right + SUM / 2, HEAD - 12), "Σ"))
for i, total in enumerate(sums):
    parts.append(text((right + SUM / 2, HEAD + HIGH * (i + 0.5) + 7), number(total, 2)))
print(svg(right + SUM, HEAD + len(TOKENS) * HIGH + 4, parts))
