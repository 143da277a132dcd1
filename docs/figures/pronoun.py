"""What the pronoun looks at, head by head, at three moments and in one other sentence."""

import json
from pathlib import Path

from draw import number, polygon, rectangle, svg, text

CELL, ROW, LEFT, TOP, GAP = 54, 34, 56, 96, 50
RECORD = Path(__file__).parents[1] / "measured" / "training.json"


def turned(at, content):
    """Return a word that is read upwards."""
    x, y = at
    place = f'transform="rotate(-90 {x:g} {y:g})"'
    return text(at, content, anchor="start").replace("<text", f"<text {place}")


def block(seen, moment, top, step, marked):
    """Return the weights of one moment, a head a row."""
    weights = seen[moment]["weights"][-1]
    columns, width = len(seen["words"]), len(seen["words"]) * CELL
    said = f"→ {seen[moment]['answer']}  {number(seen[moment]['probability'], 2)}"
    yield text((LEFT, top - 12), f"t = {step}", "fig-math", "start")
    yield text((LEFT + width, top - 12), said, anchor="end")
    for i, row in enumerate(weights):
        yield text((LEFT - 14, top + (i + 0.5) * ROW + 7), number(i + 1), anchor="end")
        for j, weight in enumerate(row):
            x, y = LEFT + j * CELL, top + i * ROW
            cell = rectangle((x, y), CELL, ROW, "fig-a-fill")
            yield f'<g fill-opacity="{0.75 * weight:.2f}">{cell}</g>'
            if weight >= 0.095:
                yield text((x + CELL / 2, y + ROW / 2 + 7), number(weight, 2))
    low, high = top, top + len(weights) * ROW
    frame = [(LEFT, low), (LEFT + width, low), (LEFT + width, high), (LEFT, high)]
    yield polygon(frame, "fig-thin")
    for j in marked:
        x = LEFT + j * CELL
        yield polygon([(x, low), (x + CELL, low), (x + CELL, high), (x, high)], "fig-b")
    assert columns == len(weights[0])


def picture(task, first, second, marked):
    """Return one sentence at three moments, then another at the last."""
    found = json.loads(RECORD.read_text("utf-8"))[task]["seeds"]["seed0"]
    seen, parts, top = found["shown"], [], TOP + 30
    moments = ["before", "midway", "converged"]
    for name, moment in [(first, each) for each in moments] + [(second, moments[-1])]:
        words = seen[name]["words"]
        if moment == "before" or name == second:
            top += 0 if moment == "before" else TOP - 20
            for j, word in enumerate(words):
                parts.append(turned((LEFT + (j + 0.5) * CELL + 7, top - 42), word))
        parts += block(seen[name], moment, top, found[moment]["step"], marked)
        top += 4 * ROW + GAP
    return svg(LEFT + len(words) * CELL + 8, top - GAP + 10, parts)
