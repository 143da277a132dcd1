"""One step of writing, without a cache and with one: what is computed, what is only read."""

from draw import line, polygon, rectangle, svg, text

N, CELL, TOP = 5, 42, 96  # the newest token is number N
LEFTS = (56, 358)  # where the two triangles begin


def box(x, y, look):
    """Return a cell: its fill and its frame."""
    corners = [(x, y), (x + CELL, y), (x + CELL, y + CELL), (x, y + CELL)]
    return rectangle((x, y), CELL, CELL, look) + polygon(corners, "fig-thin")


def faint(part):
    """Return a part in a weaker colour."""
    return f'<g fill-opacity="0.35">{part}</g>'


parts = []
for left, cached in zip(LEFTS, (False, True), strict=True):
    for j in range(N):
        x = left + j * CELL
        kept = cached and j < N - 1
        look = "fig-soft" if kept else "fig-b-fill"
        label = rectangle((x + 3, TOP - 50), CELL - 6, 38, look)
        parts.append(label if kept else faint(label))
        parts.append(text((x + CELL / 2, TOP - 23), f"k_{j + 1}", "fig-math"))
    for i in range(N):
        y = TOP + i * CELL
        asked = i == N - 1 or not cached
        if not asked:
            continue
        parts.append(faint(rectangle((left - 48, y + 4), 40, CELL - 8, "fig-a-fill")))
        row = (box(left + j * CELL, y, "fig-a-fill") for j in range(i + 1))
        parts.extend(faint(cell) for cell in row)
        parts.append(text((left - 28, y + CELL / 2 + 7), f"q_{i + 1}", "fig-math"))
    for j in range(N):
        x, y = left + j * CELL, TOP + N * CELL + 14
        kept = cached and j < N - 1
        part = rectangle((x + 3, y), CELL - 6, 38, "fig-soft" if kept else "fig-b-fill")
        parts.append(part if kept else faint(part))
        parts.append(text((x + CELL / 2, y + 26), f"v_{j + 1}", "fig-math"))
    cells = N if cached else N * (N + 1) // 2
    parts.append(text((left + N * CELL / 2, TOP + N * CELL + 84), str(cells), "fig-text"))
parts.append(line((294, 40), (294, TOP + N * CELL + 90), "fig-thin"))
print(svg(576, TOP + N * CELL + 100, parts))
