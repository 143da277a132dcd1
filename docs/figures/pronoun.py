"""What the pronoun looks at in the second layer: while a model learns, and head by head."""

import json
from pathlib import Path

from draw import number, polygon, rectangle, svg, text, tinted

CELL, ROW = 50, 34  # a weight
ROOM = {"english": 90, "chinese": 60}  # of the words above a matrix
RECORD = Path(__file__).parents[1] / "measured" / "training.json"


def turned(at, content):
    """Return a word that is read upwards."""
    x, y = at
    place = f'transform="rotate(-90 {x:g} {y:g})"'
    return text(at, content, anchor="start").replace("<text", f"<text {place}")


def upright(at, word):
    """Return a Chinese word, its signs below one another."""
    x, y = at
    for k, sign in enumerate(reversed(word)):
        yield text((x, y - 22 * k), sign)


def shade(x, y, wide, high, weight):
    """Return a cell as dark as its weight, with the number unless it is small."""
    cell = rectangle((x, y), wide, high, "fig-a-fill")
    yield tinted(cell, weight)
    if weight >= 0.095:
        yield text((x + wide / 2, y + high / 2 + 7), number(weight, 2))


def frame(left, top, right, bottom, look):
    """Return a border."""
    return polygon([(left, top), (right, top), (right, bottom), (left, bottom)], look)


def matrix(rows, words, left, top, marked):
    """Return rows of weights below their words; the columns of the nouns are framed."""
    for j, word in enumerate(words):
        middle = left + (j + 0.5) * CELL
        if word.isascii():
            yield turned((middle + 7, top - 10), word)
        else:
            yield from upright((middle, top - 12), word)
    for i, row in enumerate(rows):
        for j, weight in enumerate(row):
            yield from shade(left + j * CELL, top + i * ROW, CELL, ROW, weight)
    low = top + len(rows) * ROW
    yield frame(left, top, left + len(words) * CELL, low, "fig-thin")
    for j in marked:
        yield frame(left + j * CELL, top, left + (j + 1) * CELL, low, "fig-b")


def first_seed(task):
    """Return what the record says of the first model of a task."""
    return json.loads(RECORD.read_text("utf-8"))[task]["seeds"]["seed0"]


def answer(seen):
    """Return the answer of a model, and how sure it is."""
    return f"→ {seen['answer']}  {number(seen['probability'], 2)}"


def moments(task, name, marked, left):
    """Return the mean of the heads, one column per moment, and below it the answer.

    Words are rows here: two of these stand side by side and are still large on a phone.
    """
    found, top, wide, high = first_seed(task), 40, 56, 31
    seen, names = found["shown"][name], ("before", "midway", "converged")
    low, right = top + len(seen["words"]) * high, left + len(names) * wide
    yield text((left - 10, top - 12), "t", "fig-math", "end")
    for i, word in enumerate(seen["words"]):
        yield text((left - 10, top + (i + 0.5) * high + 7), word, anchor="end")
    for j, moment in enumerate(names):
        x, best = left + (j + 0.5) * wide, seen[moment]
        yield text((x, top - 12), number(found[moment]["step"]))
        for i, weight in enumerate(best["mean"]):
            yield from shade(left + j * wide, top + i * high, wide, high, weight)
        # The first answer may be a long word: it has the room on its left.
        if j == 0:
            yield text((x + 24, low + 28), f"→ {best['answer']}", anchor="end")
        else:
            yield text((x, low + 28), best["answer"])
        yield text((x, low + 54), number(best["probability"], 2))
    yield frame(left, top, right, low, "fig-thin")
    for i in marked:
        yield frame(left, top + i * high, right, top + (i + 1) * high, "fig-b")


def learning():
    """Return what a pronoun looks at while its model learns, in English and in Chinese."""
    english = moments("english", "tired", (1, 5), 88)
    chinese = moments("chinese", "fierce", (1, 3), 330)
    return svg(506, 446, [*english, *chinese])


def heads(task, names, marked):
    """Return two sentences as the trained model sees them, one row per head."""
    room = ROOM[task]
    left, top, parts = 40, room, []
    for name in names:
        seen = first_seed(task)["shown"][name]
        words, after = seen["words"], seen["converged"]
        rows = after["weights"][-1]
        parts += matrix(rows, words, left, top, marked)
        for i in range(len(rows)):
            parts.append(text((left - 12, top + (i + 0.5) * ROW + 7), number(i + 1), anchor="end"))
        low = top + len(rows) * ROW + 28
        parts.append(text((left + len(words) * CELL, low), answer(after), anchor="end"))
        top += len(rows) * ROW + 54 + room
    return svg(left + len(words) * CELL + 4, top - room - 16, parts)
