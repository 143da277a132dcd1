"""The triangle of the law of cosines: a, b, and the side from b's tip to a's."""

from draw import Plane, svg

A, B = (5, 0), (3, 2.6)
PLANE = Plane(origin=(60, 225), unit=72)

parts = [
    PLANE.arc(A, B, radius=52),
    PLANE.label((0.9, 0.36), "θ"),
    PLANE.vector(A, "fig-a"),
    PLANE.vector(B, "fig-b"),
    PLANE.vector(A, "fig-c", tail=B),
    PLANE.label((2.5, 0), "a", shift=(0, 28)),
    PLANE.label((1.5, 1.3), "b", shift=(-16, -10)),
    PLANE.label((4, 1.3), "a − b", shift=(36, -4)),
]
print(svg(480, 270, parts))
