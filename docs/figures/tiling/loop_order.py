"""Two loops over blocks, keys outside or queries outside: the order, and what passes by."""

from draw import arrow, polygon, rectangle, svg, text

N, CELL, TOP = 4, 38, 78  # blocks along each side of the table
LEFTS = (62, 362)  # where the two tables begin
QUERIES, KEYS = "fig-a", "fig-b"


def strip(x, y, width, height, look, strong):
    """Return a block of Q or K in colour; the block that stays on the chip is stronger."""
    corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
    filled = rectangle((x, y), width, height, f"{look}-fill")
    opacity = 0.7 if strong else 0.15
    return f'<g fill-opacity="{opacity}">{filled}</g>' + polygon(corners, look)


parts = []
for left, queries_outside in zip(LEFTS, (False, True), strict=True):
    for b in range(N):
        y, x = TOP + b * CELL, left + b * CELL
        stays = b == 0
        parts.append(strip(left - 36, y + 4, 28, CELL - 8, QUERIES, queries_outside and stays))
        parts.append(strip(x + 4, TOP - 36, CELL - 8, 28, KEYS, not queries_outside and stays))
    for i in range(N):
        for j in range(N):
            x, y = left + j * CELL, TOP + i * CELL
            order = i * N + j if queries_outside else j * N + i
            if order < N:  # one turn of the inner loop
                parts.append(rectangle((x, y), CELL, CELL))
            corners = [(x, y), (x + CELL, y), (x + CELL, y + CELL), (x, y + CELL)]
            parts.append(polygon(corners, "fig-thin"))
            parts.append(text((x + CELL / 2, y + CELL / 2 + 7), str(order + 1)))
    parts.append(text((left - 44, TOP + N * CELL / 2 + 7), "Q", "fig-math", "end"))
    parts.append(text((left + N * CELL / 2, TOP - 48), "K, V", "fig-math"))
    end = left + N * CELL + 10
    for i in range(N):
        y = TOP + (i + 0.5) * CELL
        parts.append(arrow((end, y), (end + 32, y), "fig-c"))
        if not queries_outside:  # comes in and goes out again, once for each block of keys
            parts.append(arrow((end + 32, y + 14), (end, y + 14), "fig-c"))
    parts.append(text((end + 48, TOP + N * CELL / 2 + 7), "O", "fig-math"))
    count = 2 * N + (2 if queries_outside else 3) * N * N  # blocks that are moved
    parts.append(text((left + N * CELL / 2, TOP + N * CELL + 40), str(count), "fig-text"))
print(svg(LEFTS[1] + N * CELL + 70, TOP + N * CELL + 50, parts))
