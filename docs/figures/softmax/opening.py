"""Three scores, their powers of e, and the weights as the parts of one whole."""

import math

from draw import line, number, polygon, polyline, rectangle, svg, text

SCORES = (1, 0, -1)
LOOKS = ("fig-a-fill", "fig-b-fill", "fig-c-fill")
UNIT, WIDTH, STEP, GROUND = 60, 34, 46, 210

powers = [math.exp(score) for score in SCORES]
total = sum(powers)
parts = []


def bars(values, left, decimals):
    """Return bars that stand on the ground or hang from it, each with its value."""
    for i, (value, look) in enumerate(zip(values, LOOKS, strict=True)):
        x, height = left + i * STEP, UNIT * abs(value)
        yield rectangle((x, GROUND - height if value > 0 else GROUND), WIDTH, height, look)
        y = GROUND + height + 24 if value < 0 else GROUND - height - 10
        yield text((x + WIDTH / 2, y), number(value, decimals))
    yield line((left - 8, GROUND), (left + 2 * STEP + WIDTH + 8, GROUND), "fig-thin")


parts += bars(SCORES, 16, 0)
parts += bars(powers, 216, 2)
for x in (172, 374):
    parts.append(line((x, 130), (x + 26, 130)))
    parts.append(polyline([(x + 16, 122), (x + 26, 130), (x + 16, 138)]))
top, whole = 32, GROUND - 32
y = top
for power, look in zip(powers, LOOKS, strict=True):
    height = whole * power / total
    parts.append(rectangle((416, y), 50, height, look))
    parts.append(text((476, y + height / 2 + 7), number(power / total, 3), anchor="start"))
    y += height
parts.append(polygon([(416, top), (466, top), (466, GROUND), (416, GROUND)], "fig-thin"))
for x, name in ((79, "s"), (279, "exp s"), (441, "p")):
    parts.append(text((x, 318), name, "fig-math"))
print(svg(540, 328, parts))
