"""One query, three keys: each key's shadow on the query, and the score it makes."""

from draw import Plane, number, svg

QUERY = (3, 0)
KEYS = {"k_1": (2, 1.5), "k_2": (0, 2), "k_3": (-2, 1)}
PLANE = Plane(origin=(218, 185), unit=70)


def score(key: tuple[float, float]) -> float:
    """Return the dot product with the query."""
    return QUERY[0] * key[0] + QUERY[1] * key[1]


parts = [PLANE.line((-2.9, 0), (3.5, 0)), PLANE.vector(QUERY, "fig-a")]
for name, key in KEYS.items():
    foot = (key[0], 0)
    parts.append(PLANE.line(key, foot))
    parts.append(PLANE.vector(key, "fig-b"))
    parts.append(PLANE.label(key, name, shift=(0, -12)))
    parts.append(PLANE.label(foot, number(score(key)), shift=(0, 34), look="fig-text"))
parts.append(PLANE.label(QUERY, "q", shift=(6, -14)))
parts.append(PLANE.label((-2.8, 0), "q · k", shift=(0, 34)))
print(svg(480, 230, parts))
