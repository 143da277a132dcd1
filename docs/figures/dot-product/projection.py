"""The shadows of two keys on a query: the first state of dot-product/shadow."""

from draw import Plane, in_first_state, number, svg

PLANE = Plane(origin=(70, 255), unit=76)
LOW = (-0.3, -0.72)  # where the shadows lie, below the query
NAMES = {"k": (10, -12), "k′": (18, 0)}

names = in_first_state("dot-product/shadow")
query, keys, feet, shadows = names["q"], names["keys"], names["feet"], names["shadows"]

parts = [PLANE.vector(query, "fig-a"), PLANE.label(query, "q", (14, -14))]
for key, (x, _), shadow, low, name in zip(keys, feet, shadows, LOW, NAMES, strict=True):
    parts += [
        PLANE.line(key, (x, 0)),
        PLANE.right_angle((x, 0), (-1, 0), (0, 1)),
        PLANE.vector(key, "fig-b"),
        PLANE.label(key, name, NAMES[name]),
        PLANE.line((0, low), (x, low), "fig-c"),
        PLANE.line((0, low - 0.08), (0, low + 0.08), "fig-c"),
        PLANE.line((x, low - 0.08), (x, low + 0.08), "fig-c"),
        PLANE.label((x, low), number(shadow, 2), (12, 7), "fig-text", anchor="start"),
    ]
print(svg(480, 330, parts))
