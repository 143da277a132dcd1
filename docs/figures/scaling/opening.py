"""How scores are distributed at three widths, before and after the division."""

from math import exp, lgamma, log, pi, sqrt

from draw import line, number, polygon, polyline, svg, text

WIDTHS = (16, 64, 768)
UNIT = 1.9  # a score of 1 on the left, in the picture's units
WIDER = 27  # and on the right
LEFT, RIGHT = 152, 390  # where the score 0 lies
HEIGHT = 70
STEPS = 80


def density(score, d):
    """Return the density of q·k: normal with spread |q|, averaged over |q|."""
    lengths = [sqrt(d) * (0.35 + 1.6 * i / STEPS) for i in range(STEPS + 1)]
    chi = [
        exp((d - 1) * log(r) - r * r / 2 - (d / 2 - 1) * log(2) - lgamma(d / 2)) for r in lengths
    ]
    step = lengths[1] - lengths[0]
    return sum(
        c * exp(-((score / r) ** 2) / 2) / (r * sqrt(2 * pi)) * step
        for c, r in zip(chi, lengths, strict=True)
    )


def bell(centre, ground, d, divisor, unit):
    """Return the curve of the scores divided by ``divisor``, and a bar of one spread."""
    reach = min(3.4 * sqrt(d) / divisor, 105 / unit)
    values = [reach * i / 50 for i in range(-50, 51)]
    top = density(0, d)
    curve = [(centre + unit * x, ground - HEIGHT * density(x * divisor, d) / top) for x in values]
    yield polygon([*curve, (curve[-1][0], ground), (curve[0][0], ground)], "fig-soft")
    yield polyline(curve, "fig-a")
    yield line((centre - 105, ground), (centre + 105, ground), "fig-thin")
    side = unit * sqrt(d) / divisor
    yield line((centre - side, ground + 10), (centre + side, ground + 10), "fig-b")


parts = [text((LEFT, 22), "q · k", "fig-math"), text((RIGHT, 22), "q · k / √d_k", "fig-math")]
for row, d in enumerate(WIDTHS):
    ground = 125 + 110 * row
    parts.extend(bell(LEFT, ground, d, 1, UNIT))
    parts.extend(bell(RIGHT, ground, d, sqrt(d), WIDER))
    parts.append(text((4, ground - 50), f"d_k = {d}", "fig-math", "start"))
below = 125 + 110 * (len(WIDTHS) - 1) + 38
for centre, unit, marks in ((LEFT, UNIT, (-50, 0, 50)), (RIGHT, WIDER, (-3, 0, 3))):
    parts.extend(text((centre + unit * mark, below), number(mark)) for mark in marks)
print(svg(500, below + 12, parts))
