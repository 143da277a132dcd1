"""The shadow of b on a, and the right angle that makes it one."""

from draw import Plane, number, svg

A, B = (4, 0), (3, 3)
PLANE = Plane(origin=(70, 255), unit=76)

share = (A[0] * B[0] + A[1] * B[1]) / (A[0] ** 2 + A[1] ** 2)
foot = (share * A[0], share * A[1])
shadow = (foot[0] ** 2 + foot[1] ** 2) ** 0.5
length = (A[0] ** 2 + A[1] ** 2) ** 0.5
low = -0.42

parts = [
    PLANE.line(B, foot),
    PLANE.right_angle(foot, (-1, 0), (0, 1)),
    PLANE.vector(A, "fig-a"),
    PLANE.vector(B, "fig-b"),
    PLANE.line((0, low), (foot[0], low), "fig-c"),
    PLANE.line((0, low - 0.08), (0, low + 0.08), "fig-c"),
    PLANE.line((foot[0], low - 0.08), (foot[0], low + 0.08), "fig-c"),
    PLANE.label((foot[0] / 2, low), number(shadow), shift=(0, 28), look="fig-text"),
    PLANE.label(A, f"a, ‖a‖ = {number(length)}", shift=(4, -16)),
    PLANE.label(B, "b", shift=(14, -4)),
]
print(svg(480, 325, parts))
