"""The weights of three scores at five temperatures, and over how many keys they spread."""

import math

from draw import line, number, rectangle, svg, text

SCORES = (2, 1, 0)
TEMPERATURES = (0.1, 0.5, 1, 2, 10)
LOOKS = ("fig-a-fill", "fig-b-fill", "fig-c-fill")
LEFT, GROUP, BAR, GROUND, UNIT = 60, 88, 22, 180, 150

parts = [line((LEFT - 6, GROUND), (LEFT + 5 * GROUP - 12, GROUND), "fig-thin")]
for label, y in (("T", GROUND + 28), ("N", GROUND + 58)):
    parts.append(text((20, y), label, "fig-math"))
for share in (1, 0.5):
    y = GROUND - UNIT * share
    parts.append(line((LEFT - 6, y), (LEFT + 5 * GROUP - 12, y), "fig-thin"))
    parts.append(text((LEFT - 14, y + 7), f"{share:g}", anchor="end"))
for group, temperature in enumerate(TEMPERATURES):
    powers = [math.exp((score - max(SCORES)) / temperature) for score in SCORES]
    weights = [power / sum(powers) for power in powers]
    entropy = -sum(weight * math.log(weight) for weight in weights)
    x = LEFT + group * GROUP
    for i, (weight, look) in enumerate(zip(weights, LOOKS, strict=True)):
        height = UNIT * weight
        parts.append(rectangle((x + i * (BAR + 1), GROUND - height), BAR, height, look))
    middle = x + 1.5 * BAR + 1
    parts.append(text((middle, GROUND + 28), f"{temperature:g}"))
    parts.append(text((middle, GROUND + 58), number(math.exp(entropy), 2)))
print(svg(LEFT + 5 * GROUP, 248, parts))
