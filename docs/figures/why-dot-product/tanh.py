"""What tanh does to a number: steep near 0, flat further out."""

import math

from draw import dot, line, number, polyline, svg, text

MIDDLE, GROUND, UNIT, TALL = 240, 130, 52, 90  # 0, y = 0, one to the right, one up


def at(x, y):
    """Return the place of a point of the curve."""
    return MIDDLE + UNIT * x, GROUND - TALL * y


parts = [line(at(-4.2, 0), at(4.2, 0), "fig-thin"), line(at(0, -1.25), at(0, 1.25), "fig-thin")]
for level in (-1, 1):
    ends = at(-4.2, level), at(4.2, level)
    parts.append(f'<g stroke-dasharray="4 5">{line(*ends, "fig-thin")}</g>')
    x, y = at(-0.35 * level, level)
    parts.append(text((x, y + 24 if level < 0 else y - 8), number(level)))
for x in (-4, -2, 2, 4):
    parts.append(line(at(x, -0.04), at(x, 0.04), "fig-thin"))
    place = at(x, 0)
    parts.append(text((place[0], place[1] + (26 if x > 0 else -12)), number(x)))
steps = [i / 10 for i in range(-42, 43)]
parts.append(polyline([at(x, math.tanh(x)) for x in steps], "fig-a"))
for x, half in ((0, 0.8), (2, 1.1)):
    y, slope = math.tanh(x), 1 - math.tanh(x) ** 2
    parts.append(line(at(x - half, y - half * slope), at(x + half, y + half * slope), "fig-b"))
    parts.append(dot(at(x, y), 6, "fig-b-fill"))
    shift = (34, 30) if x == 0 else (0, -24)
    place = at(x, y)
    parts.append(text((place[0] + shift[0], place[1] + shift[1]), number(slope, 2)))
parts.append(text(at(-3.2, -0.62), "tanh x"))
print(svg(480, 264, parts))
