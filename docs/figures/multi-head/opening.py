"""What the verb receives, from one head and from two, in two sentences."""

import numpy as np
from draw import number, polygon, rectangle, svg, text

VERB, SUBJECT, OBJECT, CAT, MOUSE = np.eye(5)
SENTENCES = {
    ("cat", "chases", "mouse"): [SUBJECT + CAT, VERB, OBJECT + MOUSE],
    ("mouse", "chases", "cat"): [SUBJECT + MOUSE, VERB, OBJECT + CAT],
}
W_q = np.outer(4 * VERB, [1, 1])
W_k = np.stack([SUBJECT, OBJECT], axis=1)
W_v = np.stack([CAT, MOUSE, CAT, MOUSE], axis=1)
CELL, HIGH, THICK = 62, 40, 44  # a cell; a band for the whole weight
LEFTS, STEP = (12, 332), 196
LOOKS = {1: ["fig-c"], 2: ["fig-a", "fig-b"]}


def attend(x, n_heads):
    """Return weights and output of the verb, head by head."""
    for q, k, v in zip(*(np.split(x @ w, n_heads, 1) for w in (W_q, W_k, W_v)), strict=True):
        powers = np.exp(q[1] @ k.T / np.sqrt(k.shape[1]))
        weights = powers / powers.sum()
        yield weights, weights @ v


def band(top, bottom, width, look):
    """Return a band between two points, as thick as a weight."""
    half = THICK * width / 2
    (x, y), (u, v) = top, bottom
    shape = [(x - half, y), (x + half, y), (u + half, v), (u - half, v)]
    return f'<g fill-opacity="0.55">{polygon(shape, f"{look}-fill")}</g>'


def panel(x, words, left, top, n_heads):
    """Return a sentence, its bands and what the verb receives."""
    places = [left + CELL * (0.5 + 1.5 * i) for i in range(3)]
    for at, word in zip(places, words, strict=True):
        yield text((at, top), word)
    floor = top + 84
    for h, (weights, output) in enumerate(attend(np.array(x), n_heads)):
        look = LOOKS[n_heads][h]
        start = left + h * CELL * len(output)
        ends = start + CELL * len(output) / 2 + THICK * (np.cumsum(weights) - weights / 2 - 0.5)
        for at, end, weight in zip(places, ends, weights, strict=True):
            yield band((at, top + 12), (end, floor), weight, look)
        for c, entry in enumerate(output):
            corner = (start + c * CELL, floor)
            cell = rectangle(corner, CELL, HIGH, f"{look}-fill")
            yield f'<g fill-opacity="{0.5 * entry:.2f}">{cell}</g>'
            yield text((corner[0] + CELL / 2, floor + 27), number(entry, 2))
        end = start + CELL * len(output)
        yield polygon(
            [(start, floor), (end, floor), (end, floor + HIGH), (start, floor + HIGH)], look
        )


parts = []
for row, (words, x) in enumerate(SENTENCES.items()):
    for n_heads, left in zip((1, 2), LEFTS, strict=True):
        parts += panel(x, words, left, 26 + row * STEP, n_heads)
for left in LEFTS:
    for c, word in enumerate(["cat", "mouse"] * 2):
        parts.append(text((left + (c + 0.5) * CELL, 26 + STEP + 84 + HIGH + 26), word))
print(svg(592, 26 + STEP + 84 + HIGH + 38, parts))
