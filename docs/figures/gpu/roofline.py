"""Two roofs of a GPU, of its data sheet and as measured; below, every prefill and decoding."""

import json
import math
from pathlib import Path

from draw import dot, line, polygon, polyline, svg, text

RECORD = Path("docs/measured/gpu.json")
LEFT, TOP, WIDTH, HEIGHT, RIGHT = 76, 50, 486, 330, 14
FAR, HIGH = 2**14, 1000  # FLOP a byte, and 1e12 FLOP a second

MEMORY, ARITHMETIC = 4.8, 989  # TB/s and TFLOP/s of the data sheet, as in docs/sources.toml
RIDGE = ARITHMETIC / MEMORY

record = json.loads(RECORD.read_text("utf-8"))
copied = record["ceilings"]["copy_tb_s"]["median"]
multiplied = record["ceilings"]["matmul_tflop_s"]["median"]


def at(intensity, rate):
    """Return the place of FLOP a byte and of 1e12 FLOP a second."""
    x = LEFT + WIDTH * math.log(intensity) / math.log(FAR)
    return x, TOP + HEIGHT * (1 - math.log(rate) / math.log(HIGH))


parts = []
for rate in (1, 10, 100, 1000):
    start, end = at(1, rate), at(FAR, rate)
    parts.append(f'<g stroke-opacity="0.3">{line(start, end, "fig-thin")}</g>')
    parts.append(text((LEFT - 10, start[1] + 7), f"{rate:,}", anchor="end"))
for power in range(0, 14, 2):
    x, y = at(2**power, 1)
    parts.append(line((x, y), (x, y + 6), "fig-thin"))
    parts.append(text((x, y + 28), f"{2**power:,}"))
parts.append(polyline([at(1, MEMORY), at(RIDGE, ARITHMETIC), at(FAR, ARITHMETIC)], "fig-thin"))
measured = polyline(
    [at(1, copied), at(multiplied / copied, multiplied), at(FAR, multiplied)], "fig-line"
)
parts.append(f'<g stroke-dasharray="8 7">{measured}</g>')
parts.append(text((2, TOP - 26), "TFLOP/s", anchor="start"))
foot, top = at(RIDGE, 1), at(RIDGE, ARITHMETIC)
parts.append(f'<g stroke-dasharray="3 5">{line(foot, top, "fig-thin")}</g>')
parts.append(text((foot[0] + 8, foot[1] - 10), f"{RIDGE:.0f}", anchor="start"))
parts.append(text((top[0] + 14, top[1] - 8), f"{ARITHMETIC} TFLOP/s", anchor="start"))
x, y = at(24, MEMORY * 24)
parts.append(text((x - 12, y - 6), f"{MEMORY} TB/s", anchor="end"))
for cell in record["decode"].values():
    if rate := cell["tb_s"]["ours"]:
        group = cell["n_heads"] / cell["n_kv_heads"]  # FLOPs for each byte of the cache
        parts.append(dot(at(group, rate * group), 4, "fig-b-fill"))
for cell in record["prefill"].values():
    if rate := cell["tflop_s"]["ours"]:
        intensity = cell["flops"] / (8 * cell["batch"] * cell["n_heads"] * cell["n"] * cell["d"])
        x, y = at(intensity, rate)
        if cell["d"] == 64:
            parts.append(dot((x, y), 5, "fig-a-fill"))
        else:  # a triangle: it hides no dot
            corners = [(x - 6, y + 5), (x, y - 6), (x + 6, y + 5)]
            parts.append(polygon(corners, "fig-c-fill"))
parts.append(text((LEFT + WIDTH, TOP + HEIGHT + 54), "FLOP/byte", anchor="end"))
print(svg(LEFT + WIDTH + RIGHT, TOP + HEIGHT + 64, parts))
