"""Which keys score alike? Level lines of four scores for one query, and three keys."""

import numpy as np
from draw import Plane, arrow, dot, polyline, svg, text

Q = np.array([4.0, 2.0])
KEYS = np.array([[2.0, 1.0], [4.0, 3.0], [3.0, 7.0]])
SIDE, GAP, TOP = 220, 40, 40
LOW, HIGH = -1.0, 9.0  # the plane that each panel shows
GRID = np.linspace(LOW, HIGH, 161)


def by_dot(k):
    return k @ Q


def by_cosine(k):
    return k @ Q / (np.linalg.norm(Q) * np.maximum(np.linalg.norm(k, axis=-1), 1e-9))


def by_distance(k):
    return -((k - Q) ** 2).sum(-1)


def by_tanh(k):
    return np.tanh(k - Q).sum(-1)


def level_lines(values, level):
    """Yield short segments where the values cross the level (marching squares)."""
    step = GRID[1] - GRID[0]
    for i, j in np.ndindex(len(GRID) - 1, len(GRID) - 1):
        corners = [(i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1)]
        ends = []
        for a, b in zip(corners, corners[1:] + corners[:1], strict=True):
            low, high = values[a] - level, values[b] - level
            if (low > 0) != (high > 0):
                part = low / (low - high)
                ends.append(
                    tuple(LOW + step * (p + part * (r - p)) for p, r in zip(a, b, strict=True))
                )
        yield from zip(ends[::2], ends[1::2], strict=True)


def chained(segments):
    """Join segments that share ends into long lines."""
    left = {(round(x, 6), round(y, 6)): [] for pair in segments for x, y in pair}
    for a, b in segments:
        a, b = (tuple(round(x, 6) for x in p) for p in (a, b))
        left[a].append(b)
        left[b].append(a)
    starts = sorted(p for p in left if len(left[p]) == 1) + sorted(left)
    for start in starts:
        path = [start]
        while left[path[-1]]:
            after = left[path[-1]].pop()
            left[after].remove(path[-1])
            path.append(after)
        if len(path) > 1:
            yield path


def panel(corner, title, score):
    """Return one square: level lines through the three keys, the query, the best key."""
    unit = SIDE / (HIGH - LOW)
    plane = Plane((corner[0] - LOW * unit, corner[1] + HIGH * unit), unit)
    mesh = np.stack(np.meshgrid(GRID, GRID, indexing="ij"), axis=-1)
    values, marks = score(mesh), score(KEYS)
    best = int(marks.argmax())
    axes = plane.line((LOW, 0), (HIGH, 0)) + plane.line((0, LOW), (0, HIGH))
    yield f'<g stroke-opacity="0.4" stroke-dasharray="2 5">{axes}</g>'
    for index, mark in enumerate(marks):
        look = "fig-b" if index == best else "fig-thin"
        for path in chained(list(level_lines(values, mark))):
            yield polyline([plane.at(p) for p in path[::2] + path[-1:]], look)
    if marks[best] > values.max() - 1e-6:  # no line, but a ridge: the cosine along q
        yield plane.line((0, 0), Q * HIGH / Q[0], "fig-b")
    yield arrow(plane.at((0, 0)), plane.at(Q), "fig-a")
    for index, key in enumerate(KEYS):
        if index == best:
            yield dot(plane.at(key), 8, "fig-b-fill")
        else:
            yield dot(plane.at(key), 5, "fig-c-fill")
    yield text((corner[0] + SIDE / 2, corner[1] - 12), title, "fig-math")


panels = [
    ("q · k", by_dot),
    ("cos θ", by_cosine),
    ("−‖q − k‖²", by_distance),
    ("w · tanh(k − q)", by_tanh),
]
parts = []
for index, (title, score) in enumerate(panels):
    row, column = divmod(index, 2)
    corner = (column * (SIDE + GAP), TOP + row * (SIDE + GAP + 10))
    parts += panel(corner, title, score)
print(svg(2 * SIDE + GAP, TOP + 2 * SIDE + GAP + 20, parts))
