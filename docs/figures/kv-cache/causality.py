"""How much each token's key and value change in each layer when a token is appended."""

import numpy as np
from draw import number, polygon, rectangle, svg, text, tinted

from attention import scaled_dot_product_attention

rng = np.random.default_rng(1)
N, D, LAYERS = 5, 16, 3
X = rng.standard_normal((N, D))
parameters = rng.standard_normal((LAYERS, 3, D, D)) / D**0.5
longer = np.vstack([X, rng.standard_normal(D)])
CELL, HIGH, LEFT = 68, 44, 46


def keys_and_values(tokens, is_causal):
    """Return the keys beside the values, layer by layer."""
    found = []
    for w_q, w_k, w_v in parameters:
        query, key, value = tokens @ w_q, tokens @ w_k, tokens @ w_v
        found.append(np.hstack([key, value]))
        tokens = tokens + scaled_dot_product_attention(query, key, value, is_causal=is_causal)
    return np.array(found)


parts, top = [], 36
for is_causal in (True, False):
    before, after = (keys_and_values(x, is_causal) for x in (X, longer))
    changes = abs(after[:, :N] - before).max(axis=-1).round(6)
    for j in range(N + 1):
        place = (LEFT + (j + 0.5) * CELL, top - 10)
        parts.append(text(place, f"x_{j + 1}", "fig-math"))
    for i in range(LAYERS):
        y = top + (LAYERS - 1 - i) * HIGH  # the first layer lies at the bottom
        parts.append(text((LEFT - 14, y + HIGH / 2 + 7), str(i + 1), anchor="end"))
        for j in range(N + 1):
            x = LEFT + j * CELL
            corners = [(x, y), (x + CELL, y), (x + CELL, y + HIGH), (x, y + HIGH)]
            middle = (x + CELL / 2, y + HIGH / 2 + 7)
            if j == N:
                filled = rectangle((x, y), CELL, HIGH, "fig-b-fill")
                parts.append(f'<g fill-opacity="0.35">{filled}</g>')
            else:
                share = changes[i, j] / changes.max() if changes[i, j] else 0
                filled = rectangle((x, y), CELL, HIGH, "fig-wrong-fill")
                parts.append(tinted(filled, share))
                parts.append(text(middle, number(changes[i, j], 2 if changes[i, j] else 0)))
            parts.append(polygon(corners, "fig-thin"))
    top += LAYERS * HIGH + 58
print(svg(LEFT + (N + 1) * CELL + 8, top - 40, parts))
