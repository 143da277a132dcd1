"""How many tokens find themselves, with one matrix for Q and K and with two."""

import numpy as np
from draw import Plane, dot, polyline, svg, text

WIDTHS = [1, 2, 4, 8, 16, 32, 64]
DRAWS, N, D_MODEL = 1000, 16, 64


def finds_itself(scores):
    """Return the share of tokens whose highest score is their own."""
    return (scores.argmax(axis=-1) == np.arange(N)).mean()


rng = np.random.default_rng(0)
shares = {"fig-a": [], "fig-b": []}
for d_k in WIDTHS:
    X = rng.standard_normal((DRAWS, N, D_MODEL))
    W_q, W_k = rng.standard_normal((2, DRAWS, D_MODEL, d_k))
    Q, K = X @ W_q, X @ W_k
    shares["fig-a"].append(finds_itself(Q @ Q.mT))
    shares["fig-b"].append(finds_itself(Q @ K.mT))

plane = Plane(origin=(74, 262), unit=1)
across, up = 58, 220
parts = [plane.line((0, 0), (6.3 * across, 0), "fig-line")]
for percent in (0, 50, 100):
    height = up * percent / 100
    parts.append(plane.label((0, height), f"{percent}%", (-10, 7), "fig-text", anchor="end"))
    if percent:
        parts.append(plane.line((0, height), (6.3 * across, height)))
for i, d_k in enumerate(WIDTHS):
    parts.append(plane.label((i * across, 0), str(d_k), (0, 28), "fig-text"))
for look, values in shares.items():
    places = [plane.at((i * across, up * share)) for i, share in enumerate(values)]
    parts.append(polyline(places, look))
    parts.extend(dot(place, 5, f"{look}-fill") for place in places)
parts.append(text((462, 290), "d_k", "fig-math", "start"))
parts.append(text((74 + 3.2 * across, 92), "Q = K", "fig-math", "start"))
parts.append(text((74 + 4.6 * across, 228), "Q ≠ K", "fig-math", "start"))
print(svg(492, 304, parts))
