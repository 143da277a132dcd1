"""The table of sinusoidal positions: one position per column, one entry per row."""

from itertools import groupby

from draw import number, polygon, rectangle, svg, text

from attention.position import sinusoidal

N, D, WIDE, HIGH, LEFT, TOP, LEVELS = 64, 16, 8.5, 19, 40, 12, 6

table = sinusoidal(N, D)
parts = []
for row in range(D):
    y, start = TOP + row * HIGH, 0
    levels = [round(LEVELS * value) for value in table[:, row].tolist()]
    for level, run in groupby(levels):  # neighbours of one colour are one rectangle
        count = len(list(run))
        look = "fig-a-fill" if level > 0 else "fig-b-fill"
        if level:
            cell = rectangle((LEFT + start * WIDE, y), count * WIDE, HIGH, look)
            parts.append(cell.replace("/>", f' fill-opacity="{abs(level) / LEVELS * 0.9:.2f}"/>'))
        start += count
right, bottom = LEFT + N * WIDE, TOP + D * HIGH
parts.append(polygon([(LEFT, TOP), (right, TOP), (right, bottom), (LEFT, bottom)], "fig-thin"))
parts += [
    text((LEFT - 8, TOP + (row + 0.5) * HIGH + 7), number(row + 1), anchor="end")
    for row in (0, D // 2 - 1, D - 1)
]
parts += [text((LEFT + (i + 0.5) * WIDE, bottom + 24), number(i)) for i in (0, 20, 40, 60)]
parts.append(text((right, bottom + 24), "i", "fig-math", "end"))
print(svg(round(right) + 6, bottom + 34, parts))
