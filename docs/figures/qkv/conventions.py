"""Tokens in rows, tokens in columns, and a mixture of both: shapes of the blocks."""

from draw import polygon, rectangle, svg, text

N, D_MODEL, D = 44, 104, 66  # sizes of the axes in the picture


def block(corner, height, width, look, name):
    """Return a matrix as a tinted block with its name."""
    x, y = corner
    corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
    yield f'<g fill-opacity="0.18">{rectangle(corner, width, height, look + "-fill")}</g>'
    yield polygon(corners, look)
    yield text((x + width / 2, y + height / 2 + 7), name, "fig-math")


def row(left, middle, blocks):
    """Return blocks next to each other, an equals sign before the last."""
    x = left
    for place, (height, width, look, name) in enumerate(blocks):
        if place == len(blocks) - 1:
            yield text((x + 10, middle + 7), "=")
            x += 28
        yield from block((x, middle - height / 2), height, width, look, name)
        x += width + 8


parts = [
    *row(
        2,
        66,
        [
            (N, D_MODEL, "fig-c", "X"),
            (D_MODEL, D, "fig-a", "W_q"),
            (N, D, "fig-a", "Q"),
        ],
    ),
    *row(
        318,
        66,
        [(N, D, "fig-a", "Q"), (D, N, "fig-b", "Kᵀ"), (N, N, "fig-c", "S")],
    ),
    *row(
        2,
        206,
        [
            (D, D_MODEL, "fig-a", "W_q"),
            (D_MODEL, N, "fig-c", "X"),
            (D, N, "fig-a", "Q"),
        ],
    ),
    *row(
        318,
        206,
        [(N, D, "fig-a", "Qᵀ"), (D, N, "fig-b", "K"), (N, N, "fig-c", "S")],
    ),
    *row(
        318,
        308,
        [(D, N, "fig-a", "Q"), (N, D, "fig-b", "Kᵀ"), (D, D, "fig-wrong", "?")],
    ),
]
print(svg(546, 348, parts))
