"""Two arrows of length 2 at four angles, with their dot product."""

import math

from draw import Plane, number, svg, text

LENGTH = 2
CORNERS = {0: (0, 0), 45: (240, 0), 90: (0, 200), 180: (240, 200)}
NAMES = {0: (14, -6), 45: (14, 2), 90: (16, 10), 180: (0, -12)}  # where each b stands

parts = []
for degrees, (left, top) in CORNERS.items():
    turn = math.radians(degrees)
    a, b = (LENGTH, 0), (LENGTH * math.cos(turn), LENGTH * math.sin(turn))
    product = a[0] * b[0] + a[1] * b[1]
    origin = (left + (120 if degrees == 180 else 65), top + 130)
    plane = Plane(origin, unit=52)
    aside = Plane((origin[0], origin[1] - 13), unit=52) if degrees == 0 else plane
    if degrees == 90:
        parts.append(plane.right_angle((0, 0), a, b))
    elif degrees:
        parts.append(plane.arc(a, b, radius=26))
    parts.append(plane.vector(a, "fig-a"))
    parts.append(aside.vector(b, "fig-b"))
    parts.append(plane.label(a, "a", shift=(0, -12) if degrees == 180 else (14, 7)))
    parts.append(aside.label(b, "b", shift=NAMES[degrees]))
    parts.append(text((left + 70, top + 166), f"{degrees}°", anchor="end"))
    decimals = 0 if round(product, 9).is_integer() else 2
    shown = f"a · b = {number(product, decimals)}"
    parts.append(text((left + 92, top + 166), shown, "fig-math", "start"))
print(svg(480, 376, parts))
