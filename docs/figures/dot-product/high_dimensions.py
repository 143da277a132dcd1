"""How the cosine of two random directions is distributed, for three widths."""

from collections.abc import Iterator

from draw import Plane, line, polygon, polyline, svg, text

WIDTHS = (2, 64, 768)
HEIGHT = 80
EDGE = 0.995  # for d = 2 the density has no bound at the ends


def density(d: int) -> Iterator[tuple[float, float]]:
    """Yield cosine and density: (1 - x²) to the power (d - 3) / 2, with a peak of 1."""
    steps = [EDGE * i / 120 for i in range(-120, 121)]
    values = [(1 - x * x) ** ((d - 3) / 2) for x in steps]
    return ((x, y / max(values)) for x, y in zip(steps, values, strict=True))


parts = []
for row, d in enumerate(WIDTHS):
    plane = Plane(origin=(280, 95 + 125 * row), unit=180)
    curve = [(280 + 180 * x, plane.origin[1] - HEIGHT * y) for x, y in density(d)]
    shown = [p for p in curve if p[1] < plane.origin[1] - 0.05]
    ground = [(shown[-1][0], plane.origin[1]), (shown[0][0], plane.origin[1])]
    parts.append(polygon(shown + ground, "fig-soft"))
    parts.append(polyline(shown, "fig-a"))
    parts.append(plane.line((-1, 0), (1, 0)))
    left, right = plane.at((-(d**-0.5), 0)), plane.at((d**-0.5, 0))
    parts.append(line((left[0], left[1] + 12), (right[0], right[1] + 12), "fig-b"))
    parts.append(text((4, plane.origin[1] - 10), f"d = {d}", "fig-math", "start"))
for cosine, label in ((-1, "−1"), (0, "0"), (1, "1")):
    parts.append(text((280 + 180 * cosine, 388), label))
parts.append(text((4, 388), "cos θ", "fig-math", "start"))
print(svg(480, 398, parts))
