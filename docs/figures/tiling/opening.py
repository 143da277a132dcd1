"""A window slides over a table that is never built; what it leaves is three small columns."""

from draw import arrow, polygon, rectangle, svg, text

ROWS, COLUMNS, CELL = 4, 6, 52
LEFT, TOP = 60, 104  # the corner of the table
ROW, COLUMN = 2, 3  # where the window stands


def frame(x, y, width, height, look="fig-thin"):
    """Return the outline of a block."""
    return polygon([(x, y), (x + width, y), (x + width, y + height), (x, y + height)], look)


def strip(x, y, width, height, look, now):
    """Return a block of Q, K or V: in colour if it is being read."""
    if now:
        yield f'<g fill-opacity="0.45">{rectangle((x, y), width, height, f"{look}-fill")}</g>'
    yield frame(x, y, width, height, look if now else "fig-thin")


parts = []
for i in range(ROWS):
    parts += strip(LEFT - 50, TOP + i * CELL + 3, 36, CELL - 6, "fig-a", i == ROW)
for j in range(COLUMNS):
    x = LEFT + j * CELL + 3
    parts += strip(x, TOP - 50, CELL - 6, 36, "fig-b", j == COLUMN)
    parts += strip(x, TOP - 96, CELL - 6, 36, "fig-c", j == COLUMN)
for i in range(ROWS):
    for j in range(COLUMNS):
        x, y = LEFT + j * CELL, TOP + i * CELL
        if i == ROW and j < COLUMN:
            parts.append(rectangle((x, y), CELL, CELL, "fig-soft"))
        cell = frame(x, y, CELL, CELL)
        parts.append(f'<g stroke-opacity="0.35" stroke-dasharray="4 5">{cell}</g>')
x, y = LEFT + COLUMN * CELL, TOP + ROW * CELL
parts.append(f'<g fill-opacity="0.6">{rectangle((x, y), CELL, CELL, "fig-a-fill")}</g>')
parts.append(frame(x, y, CELL, CELL, "fig-a"))
middle = y + CELL / 2
right = LEFT + COLUMNS * CELL
parts.append(arrow((x + CELL + 8, middle), (right - 6, middle), "fig-a"))
for name, start, width in (("m", 16, 16), ("ℓ", 40, 16), ("z", 64, 56)):
    kept = rectangle((right + start, y + 3), width, CELL - 6, "fig-a-fill")
    parts.append(f'<g fill-opacity="0.45">{kept}</g>')
    parts.append(frame(right + start, y + 3, width, CELL - 6, "fig-a"))
    parts.append(text((right + start + width / 2, y - 10), name, "fig-math"))
start = right + 156
for i in range(ROWS):
    if i < ROW:
        done = rectangle((start, TOP + i * CELL + 3), 56, CELL - 6, "fig-c-fill")
        parts.append(f'<g fill-opacity="0.45">{done}</g>')
    look = "fig-c" if i < ROW else "fig-thin"
    parts.append(frame(start, TOP + i * CELL + 3, 56, CELL - 6, look))
parts.append(arrow((right + 126, middle), (start - 6, middle), "fig-c"))
parts.append(text((LEFT - 32, TOP - 12), "Q", "fig-math"))
parts.append(text((right + 12, TOP - 26), "Kᵀ", "fig-math", "start"))
parts.append(text((right + 12, TOP - 72), "V", "fig-math", "start"))
parts.append(text((start + 28, TOP - 12), "O", "fig-math"))
print(svg(start + 66, TOP + ROWS * CELL + 10, parts))
