"""What the pronoun looks at in the second layer: while a model learns, and head by head."""

import json
from pathlib import Path

from draw import number, polygon, rectangle, svg, text

CELL, ROW, TOP = 50, 34, 96  # a weight; the words above a matrix
RECORD = Path(__file__).parents[1] / "measured" / "training.json"


def turned(at, content):
    """Return a word that is read upwards."""
    x, y = at
    place = f'transform="rotate(-90 {x:g} {y:g})"'
    return text(at, content, anchor="start").replace("<text", f"<text {place}")


def matrix(rows, words, left, top, marked):
    """Return rows of weights below their words; the columns of the nouns are framed."""
    for j, word in enumerate(words):
        yield turned((left + (j + 0.5) * CELL + 7, top - 10), word)
    for i, row in enumerate(rows):
        for j, weight in enumerate(row):
            x, y = left + j * CELL, top + i * ROW
            cell = rectangle((x, y), CELL, ROW, "fig-a-fill")
            yield f'<g fill-opacity="{0.75 * weight:.2f}">{cell}</g>'
            if weight >= 0.095:
                yield text((x + CELL / 2, y + ROW / 2 + 7), number(weight, 2))
    low, high, right = top, top + len(rows) * ROW, left + len(words) * CELL
    yield polygon([(left, low), (right, low), (right, high), (left, high)], "fig-thin")
    for j in marked:
        x = left + j * CELL
        yield polygon([(x, low), (x + CELL, low), (x + CELL, high), (x, high)], "fig-b")


def first_seed(task):
    """Return what the record says of the first model of a task."""
    return json.loads(RECORD.read_text("utf-8"))[task]["seeds"]["seed0"]


def answer(seen):
    """Return the answer of a model, and how sure it is."""
    return f"→ {seen['answer']}  {number(seen['probability'], 2)}"


def learning(shown):
    """Return for each task and sentence the mean of the heads, one row per moment."""
    left, top, parts = 72, TOP, []
    for task, name, marked in shown:
        found = first_seed(task)
        seen, moments = found["shown"][name], ("before", "midway", "converged")
        rows = [seen[moment]["mean"] for moment in moments]
        parts += matrix(rows, seen["words"], left, top, marked)
        for i, moment in enumerate(moments):
            y = top + (i + 0.5) * ROW + 7
            parts.append(text((left - 10, y), number(found[moment]["step"]), anchor="end"))
            right = left + len(seen["words"]) * CELL + 10
            parts.append(text((right, y), answer(seen[moment]), anchor="start"))
        parts.append(text((left - 10, top - 14), "t", "fig-math", "end"))
        top += 3 * ROW + TOP + 16
    return svg(left + 11 * CELL + 140, top - TOP - 8, parts)


def heads(task, names, marked):
    """Return two sentences as the trained model sees them, one row per head."""
    left, top, parts = 40, TOP + 30, []
    for name in names:
        seen = first_seed(task)["shown"][name]
        words, after = seen["words"], seen["converged"]
        rows = after["weights"][-1]
        parts += matrix(rows, words, left, top, marked)
        for i in range(len(rows)):
            parts.append(text((left - 12, top + (i + 0.5) * ROW + 7), number(i + 1), anchor="end"))
        low = top + len(rows) * ROW + 28
        parts.append(text((left + len(words) * CELL, low), answer(after), anchor="end"))
        top += len(rows) * ROW + TOP + 56
    return svg(left + len(words) * CELL + 8, top - TOP - 12, parts)
