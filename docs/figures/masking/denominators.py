"""Three rows of powers, end to end: all of them, and those of the keys that may be seen."""

import numpy as np
from draw import line, number, rectangle, svg, text

SCORES = np.array([[1.0, 2, 0], [0, 1, 2], [2, 0, 1]])
LOOKS = ["fig-a-fill", "fig-b-fill", "fig-c-fill"]
LEFT, TOP, BAR, GAP, UNIT = 34, 46, 38, 128, 39

powers = np.exp(SCORES)
RIGHT = LEFT + UNIT * powers.sum(axis=1).max() + 122  # where the denominators end
parts = []
for i, row in enumerate(powers):
    top, below = TOP + i * GAP, TOP + i * GAP + BAR + 26
    total, seen = row.sum(), row[: i + 1].sum()
    end = LEFT
    for j, power in enumerate(row):
        look = LOOKS[j] if j <= i else "fig-soft"
        bar = rectangle((end, top), UNIT * power - 2, BAR, look)
        parts.append(f'<g fill-opacity="0.55">{bar}</g>' if j <= i else bar)
        middle = max(end + UNIT * power / 2, LEFT + 23)  # a number begins with its bar
        parts.append(text((middle, top - 9), number(power / total, 3)))
        if j <= i:
            parts.append(text((middle, below), number(power / seen, 3)))
        end += UNIT * power
    rule = top + BAR + 4
    parts.append(line((LEFT, rule), (LEFT + UNIT * seen - 2, rule)))
    parts.append(text((LEFT - 16, top + 26), str(i + 1), "fig-math"))
    for y, whole in ((top - 9, total), (below, seen)):
        parts.append(text((RIGHT, y), number(whole, 2), anchor="end"))
    parts.append(line((RIGHT - 62, top - 26), (RIGHT - 62, below + 4), "fig-thin"))
print(svg(int(RIGHT) + 4, TOP + 3 * GAP - 46, parts))
