"""Four pairs of a vector as clock hands, at five positions: each pair is slower than the last."""

import math

from draw import Plane, number, polygon, polyline, svg, text

D, BASE = 8, 10_000.0
PLACES = (0, 1, 10, 100, 1000)
LEFT, TOP, CELL, RADIUS = 104, 44, 84, 32

parts = []
for column, i in enumerate(PLACES):
    parts.append(text((LEFT + (column + 0.5) * CELL, TOP - 18), f"i = {number(i)}", "fig-math"))
for c in range(D // 2):
    speed = BASE ** (-2 * c / D)
    middle = TOP + (c + 0.5) * CELL
    parts.append(text((LEFT - 12, middle + 7), f"ω = {speed:g}", "fig-math", "end"))
    for column, i in enumerate(PLACES):
        plane = Plane((LEFT + (column + 0.5) * CELL, middle), RADIUS)
        turns, angle = divmod(i * speed, math.tau)
        around = [(math.cos(t / 40 * math.tau), math.sin(t / 40 * math.tau)) for t in range(41)]
        rim = [plane.at(point) for point in around]
        if turns:  # every direction has been passed
            parts.append(polygon(rim))
        elif angle:
            steps = max(2, round(angle * 8))
            swept = [angle * t / steps for t in range(steps + 1)]
            fan = [(math.cos(t), math.sin(t)) for t in swept]
            parts.append(polygon([plane.at((0, 0)), *(plane.at(point) for point in fan)]))
        parts.append(polyline(rim, "fig-thin"))
        parts.append(plane.vector((math.cos(angle), math.sin(angle))))
print(svg(LEFT + len(PLACES) * CELL + 4, TOP + D // 2 * CELL + 4, parts))
