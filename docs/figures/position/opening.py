"""A query and a key, turned by their positions: the angle between them is that of the distance."""

import math

from draw import Plane, number, polyline, svg, text

Q, K, STEP = (1.0, 25.0), (0.8, -10.0), 22.0  # length and direction unturned; degrees a position
PLACES = ((2, 0), (5, 3), (5, 0))
WIDTH, RADIUS, GROUND = 166, 60, 84


def tip(vector, place):
    """Return where the turned arrow ends."""
    length, direction = vector[0], math.radians(vector[1] + STEP * place)
    return length * math.cos(direction), length * math.sin(direction)


parts = []
for panel, (i, j) in enumerate(PLACES):
    plane = Plane(((panel + 0.5) * WIDTH, GROUND), RADIUS)
    circle = [(math.cos(t / 60 * math.tau), math.sin(t / 60 * math.tau)) for t in range(61)]
    parts.append(polyline([plane.at(point) for point in circle], "fig-thin"))
    q, k = tip(Q, i), tip(K, j)
    fan = [math.radians(K[1] + STEP * j), math.radians(Q[1] + STEP * i)]
    edge = [fan[0] + (fan[1] - fan[0]) * t / 24 for t in range(25)]
    arc = [plane.at((0.36 * math.cos(t), 0.36 * math.sin(t))) for t in edge]
    corner = " ".join(f"{x:.1f},{y:.1f}" for x, y in [plane.at((0, 0)), *arc])
    parts.append(f'<polygon class="fig-soft" points="{corner}"/>')
    parts += [plane.vector(k, "fig-b"), plane.vector(q, "fig-a")]
    parts.append(plane.label((1.25 * q[0], 1.25 * q[1]), "q", (0, 6)))
    beside = tip((0.72, K[1] - 24), j)  # within the circle, where the arrow is
    parts.append(plane.label(beside, "k", (0, 6)))
    x = (panel + 0.5) * WIDTH
    score = q[0] * k[0] + q[1] * k[1]
    parts.append(text((x, GROUND + 100), f"i = {i},  j = {j}", "fig-math"))
    parts.append(text((x, GROUND + 130), f"q · k = {number(score, 2)}", "fig-math"))
print(svg(3 * WIDTH, GROUND + 142, parts))
