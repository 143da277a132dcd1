"""LayerNorm puts all tokens on one circle; the key matrix turns it into an ellipse."""

import math

from draw import Plane, arrow, dot, line, polyline, svg, text

W_K = ((1.5, 0.35), (-0.2, 0.5))
TURNS = [math.tau * i / 12 + 0.2 for i in range(12)]
TOKENS = [(math.cos(t), math.sin(t)) for t in TURNS]
QUERY = (0.75, 1.275)


def key(x):
    """Return one row times the matrix."""
    return tuple(x[0] * W_K[0][c] + x[1] * W_K[1][c] for c in (0, 1))


def score(k):
    """Return the dot product with the query."""
    return QUERY[0] * k[0] + QUERY[1] * k[1]


MIDDLE = 122
LEFT, RIGHT = Plane((105, MIDDLE), 75), Plane((356, MIDDLE), 64)
circle = [(math.cos(math.tau * i / 90), math.sin(math.tau * i / 90)) for i in range(91)]
keys = [key(x) for x in TOKENS]
by_dot = max(keys, key=score)
by_cosine = max(keys, key=lambda k: score(k) / math.hypot(*k))

parts = [
    polyline([LEFT.at(p) for p in circle], "fig-thin"),
    polyline([RIGHT.at(key(p)) for p in circle], "fig-thin"),
    *(dot(LEFT.at(p), 5, "fig-c-fill") for p in TOKENS),
    *(dot(RIGHT.at(p), 5, "fig-c-fill") for p in keys),
    arrow((196, MIDDLE), (240, MIDDLE), "fig-c"),
    RIGHT.vector(QUERY, "fig-a"),
    line(RIGHT.at((0, 0)), RIGHT.at(by_dot), "fig-b"),
    line(RIGHT.at((0, 0)), RIGHT.at(by_cosine), "fig-b"),
    dot(RIGHT.at(by_dot), 8, "fig-b-fill"),
    dot(RIGHT.at(by_cosine), 8, "fig-b-fill"),
    RIGHT.label(QUERY, "q", shift=(16, 4)),
    RIGHT.label(by_dot, "q · k", shift=(2, -22)),
    RIGHT.label(by_cosine, "cos θ", shift=(-42, -14)),
    text((105, MIDDLE - 90), "X", "fig-math"),
    text((278, MIDDLE - 28), "K", "fig-math"),
    text((217, MIDDLE - 15), "W_k", "fig-math"),
]
print(svg(480, 210, parts))
