"""Two texts in one batch, padded after and before: where new tokens go, and what each row sees."""

from draw import polygon, rectangle, svg, text

TEXTS, N = ("ab", "cdef"), 4
CELL, LEFT, TOP, GAP = 46, 30, 10, 58
MASK = TOP + 2 * CELL + 62


def box(x, y):
    """Return the corners of a cell."""
    return [(x, y), (x + CELL, y), (x + CELL, y + CELL), (x, y + CELL)]


def batch(left, front):
    """Return both texts, their padding, and the cells into which the next tokens go."""
    for row, words in enumerate(TEXTS):
        empty = N - len(words)
        first, y = empty if front else 0, TOP + row * CELL
        for column in range(N):
            x = left + column * CELL
            if first <= column < first + len(words):
                cell = rectangle((x + 2, y + 2), CELL - 4, CELL - 4, "fig-a-fill")
                yield f'<g fill-opacity="0.45">{cell}</g>'
                middle = (x + CELL / 2, y + CELL / 2 + 7)
                yield text(middle, words[column - first], "fig-math")
            else:
                yield rectangle((x + 2, y + 2), CELL - 4, CELL - 4, "fig-soft")
        yield polygon(box(left + (first + len(words)) * CELL, y), "fig-b")


def mask(left, front):
    """Return what each row of the short text may see, causally and without padding."""
    words = TEXTS[0]
    first = N - len(words) if front else 0
    names = [words[c - first] if first <= c < first + len(words) else "" for c in range(N)]
    for i in range(N):
        y = MASK + i * CELL
        yield text((left - 8, y + CELL / 2 + 7), names[i], "fig-math", "end")
        yield text((left + (i + 0.5) * CELL, MASK - 10), names[i], "fig-math")
        for j in range(N):
            corner = (left + j * CELL + 2, y + 2)
            if j <= i and names[j]:
                cell = rectangle(corner, CELL - 4, CELL - 4, "fig-a-fill")
                yield f'<g fill-opacity="0.45">{cell}</g>'
            else:
                yield rectangle(corner, CELL - 4, CELL - 4, "fig-soft")


second = LEFT + (N + 1) * CELL + GAP
parts = []
for left, front in ((LEFT, False), (second, True)):
    parts += [*batch(left, front), *mask(left, front)]
print(svg(second + (N + 1) * CELL + 6, MASK + N * CELL + 6, parts))
