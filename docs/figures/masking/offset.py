"""Two queries and five keys: the diagonal begins at the first key, or ends at the last."""

from draw import polygon, rectangle, svg, text

N_Q, N_K = 2, 5
CELL, LEFT, TOP, GAP = 50, 34, 44, 54


def block(offset, left):
    """Return a table in which query i sees the keys up to i + offset."""
    for j in range(N_K):
        yield text((left + (j + 0.5) * CELL, TOP - 14), str(j))
    for i in range(N_Q):
        y = TOP + i * CELL
        yield text((left - 12, y + CELL / 2 + 7), str(i + offset), anchor="end")
        for j in range(N_K):
            corner = (left + j * CELL + 2, y + 2)
            if j <= i + offset:
                cell = rectangle(corner, CELL - 4, CELL - 4, "fig-a-fill")
                yield f'<g fill-opacity="0.45">{cell}</g>'
            else:
                yield rectangle(corner, CELL - 4, CELL - 4, "fig-soft")
        x = left + (i + offset) * CELL
        yield polygon([(x, y), (x + CELL, y), (x + CELL, y + CELL), (x, y + CELL)], "fig-b")


second = LEFT + N_K * CELL + GAP
parts = [*block(0, LEFT), *block(N_K - N_Q, second)]
print(svg(second + N_K * CELL + 6, TOP + N_Q * CELL + 8, parts))
