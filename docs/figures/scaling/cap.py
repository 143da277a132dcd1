"""A soft cap: the identity near zero, and never beyond the cap."""

from math import tanh

from draw import Plane, number, polyline, svg

CAP, REACH = 50, 150
PLANE = Plane(origin=(222, 118), unit=1.35)


def capped(score):
    """Return the score after the cap."""
    return CAP * tanh(score / CAP)


curve = [PLANE.at((s, capped(s))) for s in range(-REACH, REACH + 1, 2)]
parts = [
    PLANE.line((-REACH, 0), (REACH, 0)),
    PLANE.line((0, -70), (0, 75)),
    PLANE.line((-REACH, CAP), (REACH, CAP), "fig-b"),
    PLANE.line((-REACH, -CAP), (REACH, -CAP), "fig-b"),
    PLANE.line((-68, -68), (68, 68)),
    polyline(curve, "fig-a"),
]
parts.extend(PLANE.line((mark, -3), (mark, 3)) for mark in (-100, -50, 50, 100))
parts.extend(
    PLANE.label((mark, 0), number(mark), shift=(0, 24), look="fig-text")
    for mark in (-100, -50, 50, 100)
)
parts.append(PLANE.label((0, CAP), number(CAP), shift=(-8, -8), look="fig-text", anchor="end"))
parts.append(PLANE.label((0, -CAP), number(-CAP), shift=(-8, 24), look="fig-text", anchor="end"))
parts.append(PLANE.label((REACH, 0), "s", shift=(16, 6)))
print(svg(476, 236, parts))
