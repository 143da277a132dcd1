"""Six scores in three blocks: the running maximum, and the running sum under each block."""

import math

from draw import line, number, polygon, polyline, rectangle, svg, text

BLOCKS = ((0, 2), (5, 1), (3, 4))
LEFT, GROUP, BAR, GROUND, UNIT = 56, 140, 50, 180, 28

parts = []
highest, total, steps = -math.inf, 0.0, []
for group, block in enumerate(BLOCKS):
    x = LEFT + group * GROUP
    new = max(highest, *block)
    factor = math.exp(highest - new)
    total = total * factor + sum(math.exp(score - new) for score in block)
    if group:
        parts.append(text((x - 18, GROUND + 57), f"× {number(factor, 3)}", "fig-text"))
    highest = new
    corners = [(x, 14), (x + 2 * BAR + 4, 14), (x + 2 * BAR + 4, GROUND), (x, GROUND)]
    parts.insert(0, polygon(corners, "fig-soft"))
    for i, score in enumerate(block):
        left = x + i * (BAR + 4)
        corner = (left + 6, GROUND - UNIT * score)
        parts.append(rectangle(corner, BAR - 12, UNIT * score, "fig-a-fill"))
        parts.append(text((left + BAR / 2, GROUND + 24), number(score)))
    y = GROUND - UNIT * highest
    steps += [(x - 18, y), (x - 18 + GROUP, y)]
    parts.append(text((x + BAR + 2, GROUND + 88), number(total, 3)))
parts.append(polyline(steps, "fig-b"))
parts.append(line((LEFT, GROUND), (LEFT + 2 * GROUP + 2 * BAR + 4, GROUND), "fig-thin"))
for name, y in (("m", GROUND - UNIT * max(BLOCKS[0]) + 7), ("s", GROUND + 24), ("ℓ", GROUND + 88)):
    parts.append(text((18, y), name, "fig-math"))
print(svg(LEFT + 2 * GROUP + 2 * BAR + 24, 280, parts))
