"""A GPU: one large memory, a cache, and multiprocessors, each with a window of its own."""

from draw import arrow, polygon, rectangle, svg, text

BOX, HEIGHT, GAP, LEFT, TOP = 104, 150, 16, 70, 20
COUNT = 4  # of multiprocessors that are drawn
WIDTH = COUNT * BOX + (COUNT - 1) * GAP
CACHE, MEMORY = TOP + HEIGHT + 54, TOP + HEIGHT + 150  # where they begin


def frame(x, y, width, height, look="fig-thin"):
    """Return the outline of a part."""
    return polygon([(x, y), (x + width, y), (x + width, y + height), (x, y + height)], look)


def block(x, y, width, height, look):
    """Return a block of numbers."""
    inside = rectangle((x, y), width, height, f"{look}-fill")
    yield f'<g fill-opacity="0.45">{inside}</g>'
    yield frame(x, y, width, height, look)


parts = []
for number in range(COUNT):
    x = LEFT + number * (BOX + GAP)
    parts.append(frame(x, TOP, BOX, HEIGHT, "fig-thin"))
    parts += block(x + 13, TOP + 62, 18, 44, "fig-a")  # queries
    parts += block(x + 43, TOP + 14, 44, 16, "fig-c")  # values
    parts += block(x + 43, TOP + 38, 44, 16, "fig-b")  # keys
    window = rectangle((x + 43, TOP + 62), 44, 44, "fig-a-fill")
    parts.append(f'<g fill-opacity="0.6">{window}</g>')
    parts.append(frame(x + 43, TOP + 62, 44, 44, "fig-a"))
    for place, name in ((21, "m"), (49, "ℓ"), (79, "z")):
        parts.append(text((x + place, TOP + 134), name, "fig-math"))
    middle = x + BOX / 2
    parts.append(arrow((middle - 16, CACHE - 4), (middle - 16, TOP + HEIGHT + 6), "fig-b"))
    parts.append(arrow((middle + 16, TOP + HEIGHT + 6), (middle + 16, CACHE - 4), "fig-c"))
parts.append(text((LEFT + WIDTH + 14, TOP + HEIGHT / 2 + 7), "…", anchor="start"))
parts.append(frame(LEFT, CACHE, WIDTH, 40))
parts.append(text((LEFT - 12, CACHE + 27), "L2", anchor="end"))
middle = LEFT + WIDTH / 2
parts.append(arrow((middle - 16, MEMORY - 4), (middle - 16, CACHE + 46), "fig-b"))
parts.append(arrow((middle + 16, CACHE + 46), (middle + 16, MEMORY - 4), "fig-c"))
parts.append(frame(LEFT, MEMORY, WIDTH, 110))
parts.append(text((LEFT - 12, MEMORY + 62), "HBM", anchor="end"))
step = WIDTH / 4
for number, (name, look) in enumerate(
    (("Q", "fig-a"), ("K", "fig-b"), ("V", "fig-c"), ("O", "fig-c"))
):
    x = LEFT + (number + 0.5) * step
    for row in range(5):
        if name == "O" and row > 2:
            parts.append(frame(x - 26, MEMORY + 12 + row * 18, 52, 15))
        else:
            parts += block(x - 26, MEMORY + 12 + row * 18, 52, 15, look)
    parts.append(text((x + 32, MEMORY + 62), name, "fig-math", "start"))
print(svg(LEFT + WIDTH + 44, MEMORY + 120, parts))
