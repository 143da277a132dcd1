"""A text as a row of exercises: who asks, what may be seen, and which word is to be guessed."""

from draw import arrow, polygon, rectangle, svg, text

WORDS = ["The", "cat", "sat", "on", "the"]
N = len(WORDS) - 1
CELL, LEFT, TOP = 74, 70, 44
RIGHT = LEFT + N * CELL


def frame(column, row, columns, rows, look):
    """Return the outline of a block of cells."""
    x, y = LEFT + column * CELL, TOP + row * CELL
    width, height = columns * CELL, rows * CELL
    return polygon([(x, y), (x + width, y), (x + width, y + height), (x, y + height)], look)


parts = []
for i in range(N):
    middle = TOP + (i + 0.5) * CELL
    parts.append(text((LEFT - 10, middle + 7), WORDS[i], anchor="end"))
    parts.append(text((LEFT + (i + 0.5) * CELL, TOP - 14), WORDS[i]))
    for j in range(N):
        corner = (LEFT + j * CELL + 2, TOP + i * CELL + 2)
        if j <= i:
            cell = rectangle(corner, CELL - 4, CELL - 4, "fig-a-fill")
            parts.append(f'<g fill-opacity="0.45">{cell}</g>')
        else:
            parts.append(rectangle(corner, CELL - 4, CELL - 4, "fig-soft"))
            parts.append(text((corner[0] + CELL / 2 - 2, middle + 7), "−∞", "fig-math"))
    if i + 1 < N:
        parts.append(frame(i + 1, i, 1, 1, "fig-wrong"))
    parts.append(arrow((RIGHT + 14, middle), (RIGHT + 62, middle), "fig-b"))
    parts.append(text((RIGHT + 74, middle + 7), WORDS[i + 1], anchor="start"))
print(svg(RIGHT + 130, TOP + N * CELL + 8, parts))
