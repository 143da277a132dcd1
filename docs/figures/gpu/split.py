"""A cache is cut; each part meets all queries of the group, and the parts are merged."""

from draw import arrow, polygon, rectangle, svg, text

PARTS, CELL, KEYS, LEFT, TOP = 4, 23, 5, 76, 40
WIDTH, GAP = KEYS * CELL, 14  # of a part


def frame(x, y, width, height, look="fig-thin"):
    """Return the outline of a block."""
    return polygon([(x, y), (x + width, y), (x + width, y + height), (x, y + height)], look)


def block(x, y, width, height, look):
    """Return a block of numbers."""
    inside = rectangle((x, y), width, height, f"{look}-fill")
    yield f'<g fill-opacity="0.45">{inside}</g>'
    yield frame(x, y, width, height, look)


parts = [text((LEFT - 40, TOP + 79), "q", "fig-math", "end")]
whole = PARTS * WIDTH + (PARTS - 1) * GAP
middle = LEFT + whole / 2
for head in range(4):
    y = TOP + 44 + head * 16
    parts += block(LEFT - 30, y, 20, 13, "fig-a")
for part in range(PARTS):
    x = LEFT + part * (WIDTH + GAP)
    for key in range(KEYS):
        parts += block(x + key * CELL, TOP, CELL - 4, 28, "fig-b")
    for head in range(4):
        for key in range(KEYS):
            cell = rectangle((x + key * CELL, TOP + 44 + head * 16), CELL - 4, 13, "fig-a-fill")
            parts.append(f'<g fill-opacity="0.3">{cell}</g>')
    centre = x + (WIDTH - 4) / 2
    parts.append(arrow((centre, TOP + 114), (centre, TOP + 148), "fig-a"))
    parts += block(centre - 40, TOP + 152, 56, 30, "fig-c")
    parts += block(centre + 20, TOP + 152, 16, 30, "fig-a")
    parts.append(arrow((centre, TOP + 188), (middle + (part - 1.5) * 26, TOP + 236), "fig-c"))
parts.append(text((middle, TOP - 14), "K", "fig-math"))
parts.append(text((LEFT - 14, TOP + 173), "o, lse", "fig-math", "end"))
parts += block(middle - 40, TOP + 240, 56, 30, "fig-c")
parts += block(middle + 20, TOP + 240, 16, 30, "fig-a")
print(svg(LEFT + whole + 12, TOP + 282, parts))
