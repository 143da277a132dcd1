"""Seven scores, and the weights that softmax makes of them before and after the division."""

from math import exp, sqrt

from draw import line, number, rectangle, svg, text

SCORES = (-50, -30, -10, 0, 10, 30, 50)
WIDTH = 768
HEIGHT, STEP, BAR = 120, 76, 36


def softmax(scores):
    """Return the weights."""
    powers = [exp(score - max(scores)) for score in scores]
    return [power / sum(powers) for power in powers]


def bars(scores, ground, look, decimals):
    """Return one bar per weight, with the score below and the weight above."""
    for i, (score, weight) in enumerate(zip(scores, softmax(scores), strict=True)):
        x = 44 + i * STEP
        yield rectangle((x - BAR / 2, ground - HEIGHT * weight), BAR, HEIGHT * weight, look)
        yield text((x, ground - HEIGHT * weight - 8), number(weight, 2))
        yield text((x, ground + 26), number(score, decimals))
    yield line((14, ground), (530, ground), "fig-thin")


parts = [
    *bars(SCORES, 150, "fig-wrong-fill", 0),
    *bars([score / sqrt(WIDTH) for score in SCORES], 320, "fig-a-fill", 2),
]
print(svg(544, 356, parts))
