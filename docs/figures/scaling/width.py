"""Weights of eight wide keys, and how long the gradient is: the first state of scaling/width."""

from math import log10

from draw import in_first_state, line, number, rectangle, svg, text

LEFT, STEP, BAR, GROUND, UNIT = 8, 34, 22, 160, 120
AXIS, END, LOWEST, HIGHEST = 330, 584, -9, 1  # the powers of ten of the second picture

names = in_first_state("scaling/width")
weights = names["weights"]
parts = [line((LEFT, GROUND), (LEFT + 8 * STEP, GROUND), "fig-thin")]
for j, weight in enumerate(weights):
    x = LEFT + STEP * (j + 0.5)
    height = UNIT * weight
    parts.append(rectangle((x - BAR / 2, GROUND - height), BAR, height, "fig-a-fill"))
    parts.append(text((x, GROUND + 26), "abcdefgh"[j], "fig-math"))
top = weights.argmax()
parts.append(
    text((LEFT + STEP * (top + 0.5), GROUND - UNIT * weights[top] - 9), number(weights[top], 6))
)


def at(power):
    """Return where a power of ten lies."""
    return AXIS + (END - AXIS) * (max(power, LOWEST) - LOWEST) / (HIGHEST - LOWEST)


for power, label in ((-8, "10⁻⁸"), (-6, "10⁻⁶"), (-4, "10⁻⁴"), (-2, "0.01"), (0, "1")):
    parts.append(line((at(power), 40), (at(power), GROUND), "fig-thin"))
    parts.append(text((at(power), GROUND + 26), label, "fig-text fig-tick"))
for i, (name, look) in enumerate((("at_scores", "fig-b-fill"), ("at_query", "fig-a-fill"))):
    parts.append(rectangle((AXIS, 60 + 50 * i), at(log10(names[name])) - AXIS, 22, look))
    parts.append(text((AXIS - 8, 77 + 50 * i), "SQ"[i], "fig-math", "end"))
print(svg(END + 10, GROUND + 40, parts))
