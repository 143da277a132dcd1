"""A query among five keys, and the mixture of five values: the first state of index/mix."""

import math
from itertools import pairwise

from draw import Plane, dot, in_first_state, line, number, polygon, rectangle, svg, text

NAMES, HULL = "abcde", [1, 2, 3, 0, 4]  # the values, in the order in which they stand around
SIDE, MIDDLE, GAP, HEAD, REACH = 190, 148, 6, 8, 3.3

names = in_first_state("index/mix")
q, keys, values = names["q"], names["K"], names["V"]
scores, weights, output = names["scores"], names["weights"], names["output"]
left = Plane((SIDE / 2, HEAD + SIDE / 2), SIDE / 2 / REACH)
right = Plane((SIDE * 1.5 + MIDDLE + 2 * GAP, HEAD + SIDE / 2), SIDE / 2 / REACH)


def beyond(plane, point, far):
    """Return the place of a label outside a point."""
    (x, y), size = plane.at(point), (point @ point) ** 0.5
    return x + far * point[0] / size, y - far * point[1] / size + 6


parts = [f'<g fill-opacity="0.5">{rectangle((0, HEAD), SIDE, SIDE)}</g>']
for name, key in zip(NAMES, keys, strict=True):
    parts.append(left.vector(key, "fig-b"))
    parts.append(text(beyond(left, key, 13), name, "fig-math"))
parts.append(left.vector(q, "fig-a"))
parts.append(left.label(q, "q", (14, -4)))

row = SIDE / len(NAMES)
near, far = SIDE + GAP, SIDE + GAP + MIDDLE
for j, name in enumerate(NAMES):
    y = HEAD + row * j + 17
    parts.append(text((near + 8, y), name, "fig-math"))
    parts.append(text((near + 88, y), number(scores[j], 2), anchor="end"))
    parts.append(text((far, y), number(weights[j], 2), anchor="end"))
    parts.append(rectangle((near, y + 5), MIDDLE, 9))
    parts.append(rectangle((near, y + 5), MIDDLE * weights[j], 9, "fig-a-fill"))

parts.append(polygon([right.at(values[i]) for i in HULL]))
end = right.at(output)
for weight, value in zip(weights, values, strict=True):
    wide = f'<line style="stroke-width:{1 + 11 * weight:.1f}"'
    parts.append(line(right.at(value), end, "fig-a").replace("<line", wide))
for name, value in zip(NAMES, values, strict=True):
    parts.append(dot(right.at(value), 6, "fig-b-fill"))
    parts.append(text(beyond(right, value, 16), name, "fig-math"))
parts.append(dot(end, 8, "fig-a-fill"))
angles = sorted(math.atan2(v[1] - output[1], v[0] - output[0]) for v in values)
gaps = [after - angle for angle, after in pairwise([*angles, angles[0] + math.tau])]
middle = angles[gaps.index(max(gaps))] + max(gaps) / 2  # in the widest gap between the lines
place = (end[0] + 17 * math.cos(middle), end[1] - 17 * math.sin(middle) + 5)
parts.append(text(place, "o", "fig-math"))
print(svg(SIDE * 2 + MIDDLE + 2 * GAP, SIDE + 2 * HEAD, parts))
