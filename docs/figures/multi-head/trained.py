"""Two heads of the trained decoder: one looks at the letter before, one at what came next."""

import numpy as np
from draw import polygon, rectangle, svg, text

from attention.trained import load_encoder

TEXT, CELL, LEFT, TOP, GAP = "planetplanet", 20, 30, 66, 28
SHOWN = {(0, 0): 1, (1, 0): 6}  # layer and head, and the row that is framed

model = load_encoder("repeats")
steps = model.steps(model.encode(TEXT))
parts = []
for place, ((layer, head), asked) in enumerate(SHOWN.items()):
    weights = steps[layer].attention.weights[head]
    left = LEFT + place * (len(TEXT) * CELL + LEFT + GAP)
    right, low = left + len(TEXT) * CELL, TOP + len(TEXT) * CELL
    title = f"{layer + 1}.{head + 1}"
    parts.append(text(((left + right) / 2, 22), title))
    for i, j in np.ndindex(weights.shape):
        if weights[i, j] > 0.02:
            corner = (left + j * CELL, TOP + i * CELL)
            cell = rectangle(corner, CELL, CELL, "fig-a-fill")
            parts.append(f'<g fill-opacity="{0.85 * weights[i, j]:.2f}">{cell}</g>')
    for i, letter in enumerate(TEXT):
        parts.append(text((left - 13, TOP + (i + 0.5) * CELL + 7), letter))
        parts.append(text((left + (i + 0.5) * CELL, TOP - 9), letter))
    parts.append(polygon([(left, TOP), (right, TOP), (right, low), (left, low)], "fig-thin"))
    top = TOP + asked * CELL
    row = [(left, top), (right, top), (right, top + CELL), (left, top + CELL)]
    parts.append(polygon(row, "fig-b"))
print(svg(LEFT * 2 + GAP + 2 * len(TEXT) * CELL + 6, TOP + len(TEXT) * CELL + 6, parts))
