"""One layer of a Transformer: two parts, and what each makes is added to the tokens."""

import math

from draw import arrow, dot, line, polygon, polyline, svg, text

STREAM, CENTRE = 40, 300  # where the tokens run down, and the parts beside them
HIGH, STEP = 44, 72  # height of a part, and from one to the next
RADIUS = 17  # of the circle that adds


def frame(top, width, look="fig-line", height=HIGH):
    """Return an outline around the height of the parts."""
    left, right, bottom = CENTRE - width / 2, CENTRE + width / 2, top + height
    return polygon([(left, top), (right, top), (right, bottom), (left, bottom)], look)


def part(top, name, width=140, face="fig-text"):
    """Return a part with its name."""
    return [frame(top, width), text((CENTRE, top + HIGH / 2 + 7), name, face)]


def plus(y):
    """Return the circle in which a vector is added to the token's own."""
    turns = [2 * math.pi * i / 40 for i in range(41)]
    ring = [(STREAM + RADIUS * math.cos(t), y + RADIUS * math.sin(t)) for t in turns]
    yield polyline(ring, "fig-c")
    yield line((STREAM - 8, y), (STREAM + 8, y), "fig-c")
    yield line((STREAM, y - 8), (STREAM, y + 8), "fig-c")


def branch(top, tops, add):
    """Return the way from the tokens through parts with these tops to an addition."""
    yield line((STREAM, top), (CENTRE, top), "fig-a")
    yield dot((STREAM, top), 5, "fig-c-fill")
    for start, end in zip([top, *(y + HIGH for y in tops)], tops, strict=False):
        yield arrow((CENTRE, start), (CENTRE, end), "fig-a")
    yield line((CENTRE, tops[-1] + HIGH), (CENTRE, add), "fig-a")
    yield arrow((CENTRE, add), (STREAM + RADIUS, add), "fig-a")


FIRST = 56  # where the first part branches off
NORM = FIRST + 30
PROJECT, MIX, OUT = (NORM + 28 + i * STEP for i in (1, 2, 3))
ADD = OUT + HIGH + 44
SECOND = ADD + 48
NORM_2, FEED = SECOND + 30, SECOND + 30 + STEP
ADD_2 = FEED + HIGH + 30

attention = frame(PROJECT - 28, 320, "fig-thin", OUT + HIGH + 42 - PROJECT)
formula = [
    y.replace("fig-line", "fig-b") for y in part(MIX, "softmax(QKᵀ / √d_k) V", 280, "fig-math")
]
parts = [
    text((STREAM, 26), "X", "fig-math"),
    line((STREAM, 38), (STREAM, ADD - RADIUS), "fig-c"),
    line((STREAM, ADD + RADIUS), (STREAM, ADD_2 - RADIUS), "fig-c"),
    arrow((STREAM, ADD_2 + RADIUS), (STREAM, ADD_2 + 60), "fig-c"),
    text((STREAM, ADD_2 + 82), "Y", "fig-math"),
    frame(MIX, 280, "fig-soft"),
    *branch(FIRST, [NORM, PROJECT, MIX, OUT], ADD),
    *branch(SECOND, [NORM_2, FEED], ADD_2),
    *plus(ADD),
    *plus(ADD_2),
    attention,
    text((CENTRE - 150, PROJECT + 29), "attention", "fig-text", "start"),
    *part(NORM, "norm"),
    *part(PROJECT, "Q, K, V", 110, "fig-math"),
    *formula,
    *part(OUT, "× W_o", 110, "fig-math"),
    *part(NORM_2, "norm"),
    *part(FEED, "feed-forward"),
]
print(svg(470, ADD_2 + 90, parts))
