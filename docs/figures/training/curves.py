"""How often the tests are passed while the models learn: two tasks, all seeds."""

import json
from pathlib import Path

from draw import line, number, polyline, svg, text

RECORD = Path("docs/measured/training.json")
LEFT, WIDTH, HEIGHT, TOP, APART = 56, 220, 200, 20, 70

found = json.loads(RECORD.read_text("utf-8"))
end = found["n_steps"]
parts = []
for column, (task, look) in enumerate((("english", "fig-a"), ("chinese", "fig-b"))):
    left = LEFT + column * (WIDTH + APART)
    for share in (0, 0.5, 1):
        y = TOP + HEIGHT * (1 - share)
        parts.append(line((left, y), (left + WIDTH, y), "fig-thin"))
        parts.append(text((left - 8, y + 7), f"{share:g}", anchor="end"))
    for step in (0, end // 2, end):
        x = left + WIDTH * step / end
        parts.append(text((x, TOP + HEIGHT + 28), number(step)))
    for seed in found[task]["seeds"].values():
        steps, right = seed["curve"]["steps"], seed["curve"]["accuracy"]
        points = [
            (left + WIDTH * step / end, TOP + HEIGHT * (1 - share))
            for step, share in zip(steps, right, strict=True)
        ]
        parts.append(polyline(points, look))
print(svg(LEFT + 2 * WIDTH + APART + 30, TOP + HEIGHT + 40, parts))
