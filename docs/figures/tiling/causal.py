"""Which blocks of a causal table are full, which the diagonal cuts, which are empty."""

from draw import polygon, rectangle, svg, text

CELL, BLOCK = 14, 4
LEFT, TOP, GAP = 34, 34, 48


def outline(x, y, side, look):
    """Return the frame of a block."""
    return polygon([(x, y), (x + side, y), (x + side, y + side), (x, y + side)], look)


def panel(left, n_q, n_k, offset):
    """Return a table of n_q queries, the first with ``offset`` keys before it."""
    for i in range(0, n_q, BLOCK):
        for j in range(0, n_k, BLOCK):
            x, y = left + j * CELL, TOP + i * CELL
            if j > i + BLOCK - 1 + offset:
                yield f'<g stroke-opacity="0.4">{outline(x, y, BLOCK * CELL, "fig-thin")}</g>'
                continue
            if j + BLOCK - 1 <= i + offset:
                full = rectangle((x, y), BLOCK * CELL, BLOCK * CELL, "fig-a-fill")
                yield f'<g fill-opacity="0.45">{full}</g>'
            else:
                steps = [(i + row + offset - j + 1) * CELL for row in range(BLOCK)]
                stairs = [(x, y)]
                for row, seen in enumerate(steps):
                    stairs += [(x + seen, y + row * CELL), (x + seen, y + (row + 1) * CELL)]
                shape = polygon([*stairs, (x, y + BLOCK * CELL)], "fig-b-fill")
                yield f'<g fill-opacity="0.45">{shape}</g>'
                above = [(x + BLOCK * CELL, y + BLOCK * CELL), (x + BLOCK * CELL, y)]
                yield polygon([*stairs[1:], *above], "fig-soft")
            yield outline(x, y, BLOCK * CELL, "fig-thin")
    yield text((left + n_k * CELL / 2, TOP - 12), "j", "fig-math")
    yield text((left - 16, TOP + n_q * CELL / 2 + 6), "i", "fig-math")


second = LEFT + 16 * CELL + GAP
parts = [*panel(LEFT, 16, 16, 0), *panel(second, 8, 20, 12)]
print(svg(second + 20 * CELL + 8, TOP + 16 * CELL + 8, parts))
