"""Memory against the length on logarithmic axes: the whole table, blocks, inputs and output."""

import json
import math
from pathlib import Path

from draw import dot, line, polyline, svg, text

RECORD = Path("docs/measured/tiling.json")
LEFT, RIGHT, TOP, HEIGHT, WIDTH = 96, 100, 20, 300, 380
LOW, HIGH = 5.5, 9.25  # powers of ten, in bytes

memory = json.loads(RECORD.read_text("utf-8"))["memory"]
rows = [row for name, row in memory.items() if name != "slope"]
first, last = (math.log2(rows[i]["n"]) for i in (0, -1))


def at(n, size):
    """Return the place of a length and a number of bytes."""
    x = LEFT + WIDTH * (math.log2(n) - first) / (last - first)
    return x, TOP + HEIGHT * (HIGH - math.log10(size)) / (HIGH - LOW)


parts = []
for power, name in ((6, "1 MB"), (7, "10 MB"), (8, "100 MB"), (9, "1 GB")):
    start, end = at(rows[0]["n"], 10**power), at(rows[-1]["n"], 10**power)
    parts.append(f'<g stroke-opacity="0.35">{line(start, end, "fig-thin")}</g>')
    parts.append(text((LEFT - 12, start[1] + 7), name, anchor="end"))
for row in rows:
    x, _ = at(row["n"], 1e6)
    parts.append(line((x, TOP + HEIGHT), (x, TOP + HEIGHT + 6), "fig-thin"))
    parts.append(text((x, TOP + HEIGHT + 30), f"{row['n']:,}"))
parts.append(line((LEFT, TOP + HEIGHT), (LEFT + WIDTH, TOP + HEIGHT), "fig-thin"))
parts.append(text((LEFT + WIDTH + 44, TOP + HEIGHT + 30), "n", "fig-math", "start"))
for key, times, look in (("plain", 1, "fig-b"), ("output", 4, "fig-c"), ("tiled", 1, "fig-a")):
    sizes = [times * row[f"{key}_bytes"] for row in rows]  # Q, K and V are as large as O
    points = [at(row["n"], size) for row, size in zip(rows, sizes, strict=True)]
    parts.append(polyline(points, look))
    parts += [dot(point, 4, f"{look}-fill") for point in points]
    x, y = points[-1]
    name = f"{sizes[-1] / 1e6:,.{0 if sizes[-1] > 1e8 else 1}f} MB"
    parts.append(text((x + 14, y + 7), name, anchor="start"))
print(svg(LEFT + WIDTH + RIGHT + 20, TOP + HEIGHT + 44, parts))
