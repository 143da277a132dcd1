"""The weights of four scores at temperature one: the first state of softmax/weights."""

from draw import in_first_state, line, number, rectangle, svg, text

LEFT, STEP, BAR, GROUND, UNIT = 20, 110, 66, 190, 150

names = in_first_state("softmax/weights")
parts = [line((LEFT, GROUND), (LEFT + 4 * STEP, GROUND), "fig-thin")]
for j, (score, weight) in enumerate(zip(names["scores"], names["weights"], strict=True)):
    x = LEFT + STEP * (j + 0.5)
    height = UNIT * weight
    parts.append(rectangle((x - BAR / 2, GROUND - height), BAR, height, "fig-a-fill"))
    parts.append(text((x, GROUND - height - 9), number(weight, 3)))
    parts.append(text((x, GROUND + 26), "abcd"[j], "fig-math"))
    parts.append(text((x, GROUND + 54), number(score, 1)))
print(svg(2 * LEFT + 4 * STEP, 258, parts))
