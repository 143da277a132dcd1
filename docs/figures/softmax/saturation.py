"""Two keys: the weight of the first against the gap of the scores, and how fast it changes."""

import math

from draw import line, number, polyline, svg, text

LEFT, GROUND, HEIGHT, UNIT, REACH = 250, 200, 160, 22, 10


def weight(gap):
    """Return the weight of the key that is ``gap`` ahead."""
    return 1 / (1 + math.exp(-gap))


gaps = [REACH * i / 60 for i in range(-60, 61)]
slopes = [weight(gap) * (1 - weight(gap)) for gap in gaps]
parts = [
    line((LEFT - UNIT * REACH, GROUND), (LEFT + UNIT * REACH, GROUND), "fig-thin"),
    line((LEFT, GROUND), (LEFT, GROUND - HEIGHT - 10), "fig-thin"),
    polyline([(LEFT + UNIT * g, GROUND - HEIGHT * weight(g)) for g in gaps], "fig-a"),
    polyline(
        [(LEFT + UNIT * g, GROUND - HEIGHT * s) for g, s in zip(gaps, slopes, strict=True)],
        "fig-b",
    ),
    text((LEFT + UNIT * REACH, GROUND - HEIGHT - 12), "p", "fig-math"),
    text(
        (LEFT + 2.6 * UNIT, GROUND - HEIGHT * max(slopes) / 2 - 4), "p (1 − p)", "fig-math", "start"
    ),
    text((LEFT - 12, GROUND - HEIGHT + 7), "1", anchor="end"),
    line((LEFT - 6, GROUND - HEIGHT), (LEFT, GROUND - HEIGHT), "fig-thin"),
    text((LEFT + 8, GROUND - HEIGHT * max(slopes) - 8), f"{max(slopes):g}", anchor="start"),
    text((LEFT + UNIT * REACH, GROUND + 52), "s_1 − s_2", "fig-math", "end"),
]
for gap in (-10, -5, 0, 5, 10):
    x = LEFT + UNIT * gap
    parts.append(line((x, GROUND), (x, GROUND + 6), "fig-thin"))
    parts.append(text((x, GROUND + 28), number(gap)))
print(svg(500, 264, parts))
