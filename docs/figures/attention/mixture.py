"""The output of one query lies between the values, nearest to those with large weights."""

import numpy as np
from draw import Plane, dot, line, polygon, svg, text

WORDS = ["cat", "sat", "mat", "it", "tired"]
Q = np.array([[0, 0, 3, 2], [4, 3, 0, 0], [0, 0, 3, 0], [3, 1, 0, 0], [4, 0, 0, 0]])
K = np.array([[2, 0, 0, 0], [0, 0, 2, 0], [0, 2, 0, 0], [1, 0, 0, 0], [0, 0, 0, 2]])
V = np.array([[9, 8], [2, 9], [1, 1], [5, 4], [9, 1]])
HULL = [0, 1, 2, 4]  # the values at the corners
AT = WORDS.index("it")
SHIFT = {"cat": (14, 0), "sat": (0, -14), "mat": (0, 26), "it": (-8, 24), "tired": (0, 26)}

powers = np.exp(Q @ K.T / np.sqrt(K.shape[-1]))
weights = powers / powers.sum(axis=-1, keepdims=True)
output = (weights @ V)[AT]

plane = Plane((70, 300), 30)
end = plane.at(output)
parts = [polygon([plane.at(V[i]) for i in HULL], "fig-soft")]
for weight, value in zip(weights[AT], V, strict=True):
    wide = f'<line style="stroke-width:{1 + 12 * weight:.1f}"'
    parts.append(line(plane.at(value), end, "fig-a").replace("<line", wide))
for word, value in zip(WORDS, V, strict=True):
    x, y = plane.at(value)
    parts.append(dot((x, y), 6, "fig-b-fill"))
    dx, dy = SHIFT[word]
    parts.append(text((x + dx, y + dy), word, anchor="start" if word == "cat" else "middle"))
parts.append(dot(end, 8, "fig-a-fill"))
parts.append(text((end[0] + 16, end[1] + 14), f"o_{AT + 1}", "fig-math", "start"))
print(svg(480, 336, parts))
