"""Two loops over blocks, keys outside or queries outside: the order, and what passes by."""

from draw import arrow, polygon, rectangle, svg, text

N, CELL, TOP = 4, 40, 78  # blocks along each side of the table
LEFTS = (52, 352)  # where the two tables begin
STAYS, PASSES = "fig-a", "fig-b"


def strip(x, y, width, height, look, strong):
    """Return a block of Q or K in colour; the block that stays on the chip is stronger."""
    corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
    filled = rectangle((x, y), width, height, f"{look}-fill")
    opacity = 0.6 if strong else 0.2
    return f'<g fill-opacity="{opacity}">{filled}</g>' + polygon(corners, look)


parts = []
for left, queries_outside in zip(LEFTS, (False, True), strict=True):
    for b in range(N):
        row = STAYS if queries_outside else PASSES
        column = PASSES if queries_outside else STAYS
        y, x = TOP + b * CELL, left + b * CELL
        first = b == 0
        parts.append(strip(left - 44, y + 4, 32, CELL - 8, row, queries_outside and first))
        parts.append(strip(x + 4, TOP - 44, CELL - 8, 32, column, not queries_outside and first))
    for i in range(N):
        for j in range(N):
            x, y = left + j * CELL, TOP + i * CELL
            order = i * N + j if queries_outside else j * N + i
            if order < N:  # one turn of the inner loop
                shade = rectangle((x, y), CELL, CELL, f"{STAYS}-fill")
                parts.append(f'<g fill-opacity="0.25">{shade}</g>')
            corners = [(x, y), (x + CELL, y), (x + CELL, y + CELL), (x, y + CELL)]
            parts.append(polygon(corners, "fig-thin"))
            parts.append(text((x + CELL / 2, y + CELL / 2 + 7), str(order + 1)))
    parts.append(text((left - 28, TOP - 20), "Q", "fig-math"))
    parts.append(text((left + N * CELL + 18, TOP - 20), "K, V", "fig-math", "start"))
    end = left + N * CELL + 16
    for i in range(N):
        y = TOP + (i + 0.5) * CELL
        parts.append(arrow((end, y), (end + 36, y), "fig-c"))
        if not queries_outside:  # comes in and goes out again, once for each block of keys
            parts.append(arrow((end + 36, y + 14), (end, y + 14), "fig-c"))
    parts.append(text((end + 54, TOP + N * CELL / 2 + 7), "O", "fig-math"))
    count = 2 * N + (2 if queries_outside else 3) * N * N  # blocks that are moved
    parts.append(text((left + N * CELL / 2, TOP + N * CELL + 40), str(count), "fig-text"))
print(svg(LEFTS[1] + N * CELL + 80, TOP + N * CELL + 54, parts))
