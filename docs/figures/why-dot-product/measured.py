"""How long each score takes: all pairs at once, and pair by pair, on a processor and a GPU."""

import json
import math
from pathlib import Path

from draw import dot, line, place, rectangle, svg, text

CPU = json.loads(Path("docs/measured/why-dot-product.json").read_text("utf-8"))
GPU = json.loads(Path("docs/measured/gpu.json").read_text("utf-8"))
LABELS = {
    "dot": "q · k",
    "scaled_dot": "q · k / √d",
    "cosine": "cos θ",
    "distance": "−‖q − k‖²",
    "bilinear": "q W kᵀ",
    "additive": "w · tanh(…)",
}
LEFT, TOP, DECADE, ROW, DECADES, SIZE = 124, 54, 74, 46, 5, 6.5


def along(ratio):
    """Return how far right a ratio lies, on a scale of decades."""
    return LEFT + DECADE * math.log10(ratio)


def circle(x, y, filled):
    """Return the mark of the processor."""
    if filled:
        return dot((x, y), SIZE, "fig-a-fill")
    return f'<circle class="fig-a" fill="none" cx="{place(x)}" cy="{place(y)}" r="{SIZE - 1}"/>'


def square(x, y, filled):
    """Return the mark of the GPU."""
    side = 2 * SIZE - (0 if filled else 2)
    corner = (x - side / 2, y - side / 2)
    if filled:
        return rectangle(corner, side, side, "fig-b-fill")
    return (
        f'<rect class="fig-b" fill="none" x="{place(corner[0])}" y="{place(corner[1])}"'
        f' width="{side:g}" height="{side:g}"/>'
    )


bottom = TOP + ROW * len(LABELS)
parts = []
for decade in range(DECADES):
    x = along(10**decade)
    parts.append(f'<g stroke-opacity="0.4">{line((x, TOP), (x, bottom), "fig-thin")}</g>')
    parts.append(text((x, bottom + 28), f"{10**decade:,}"))
for index, (name, label) in enumerate(LABELS.items()):
    y = TOP + ROW * (index + 0.5)
    parts.append(text((LEFT - 16, y + 7), label, "fig-math", anchor="end"))
    numpy, gpu = CPU["results"]["numpy"][name], GPU["scores"][name]
    for kind, filled in (("well", True), ("naive", False)):
        parts.append(circle(along(numpy[kind]["ratio"]["median"]), y - 8, filled))
    for kind, filled in (("whole", True), ("pairwise", False)):
        parts.append(square(along(gpu[kind]["ratio"]["median"]), y + 8, filled))
parts.append(circle(LEFT + 8, 21, filled=True))
parts.append(text((LEFT + 22, 28), "NumPy", anchor="start"))
parts.append(square(LEFT + 128, 21, filled=True))
parts.append(text((LEFT + 144, 28), "H200", anchor="start"))
print(svg(480, bottom + 44, parts))
