"""Draw a figure as SVG: a plane with arrows, arcs and labels, styled by the page's classes.

A figure script builds a list of parts and prints ``svg(width, height, parts)``. Colours,
fonts and line widths come from the page's style sheet (``fig-line``, ``fig-a``, ``fig-text``
and the like), so that one file serves the light and the dark scheme. Coordinates have one
decimal, so that the same script prints the same bytes on every machine.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from press.execute.cases import names_in_state
from press.palette import DARK, LIGHT

Point = Sequence[float]

COLOURS = {"ink": "ink", "a": "fig-a", "b": "fig-b", "c": "fig-c", "no": "wrong"}


def colours(palette: Mapping[str, str]) -> str:
    """Return the paper and the colours of a picture that stands by itself."""
    names = ";".join(f"--{short}:{palette[name]}" for short, name in COLOURS.items())
    return f"{{background:{palette['paper']};{names}}}"


# How the picture looks by itself, on a code host say. On a page it is part of the document,
# ``:root`` is not the picture, and the page's own style sheet holds.
ALONE = (
    f"""<style>
svg:root{colours(LIGHT)}
@media (prefers-color-scheme:dark){{
svg:root{colours(DARK)}}}
"""
    """svg:root [class^=fig-]{fill:none;stroke:var(--ink);stroke-width:2}
svg:root .fig-thin{stroke-width:1}
svg:root .fig-a{stroke:var(--a)}svg:root .fig-b{stroke:var(--b)}svg:root .fig-c{stroke:var(--c)}
svg:root .fig-wrong{stroke:var(--no)}
svg:root [class$=-fill],svg:root .fig-soft{stroke:none;fill:var(--a)}
svg:root .fig-b-fill{fill:var(--b)}svg:root .fig-c-fill{fill:var(--c)}
svg:root .fig-wrong-fill{fill:var(--no)}svg:root .fig-soft{fill:var(--ink);opacity:.12}
svg:root text{stroke:none!important;fill:var(--ink)!important;font:20px sans-serif}
svg:root .fig-math{font:italic 20px serif}
</style>"""
)

# What stands upright in a formula: names of functions, digits, and all that is no letter.
_SIGN = r"(?:cos|exp|lse|softmax|tanh|[^\w\s]|[\d²³⁰-₉Σ])"
_UPRIGHT = re.compile(rf"(\s*{_SIGN}(?:\s*{_SIGN})*\s*)")
HEAD = 15  # length of an arrowhead, in the picture's units
TINT = (
    0.45  # how strong a colour may be below letters: on stronger ones, little is read in the dark
)


def in_first_state(name: str) -> dict[str, Any]:
    """Return the names of an interactive figure as readers meet it: what its still draws."""
    return names_in_state(Path(__file__).parents[1] / "interactive" / name, "")


def svg(width: int, height: int, parts: Iterable[str]) -> str:
    """Return the whole picture; it scales to the width of the page."""
    body = "\n".join(parts)
    root = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">'
    return f"{root}\n{ALONE}\n{body}\n</svg>"


def number(value: float, decimals: int = 0) -> str:
    """Return a number as readers write it: a true minus sign, and no minus before zero."""
    text = f"{value:.{decimals}f}"
    return text.lstrip("-") if float(text) == 0 else text.replace("-", "−")


def place(value: float) -> str:
    """Return a coordinate with at most one decimal."""
    return f"{round(value, 1) + 0.0:g}"


def line(start: Point, end: Point, look: str = "fig-line") -> str:
    """Return a straight line between two points of the picture."""
    return (
        f'<line class="{look}" x1="{place(start[0])}" y1="{place(start[1])}"'
        f' x2="{place(end[0])}" y2="{place(end[1])}"/>'
    )


def polyline(points: Iterable[Point], look: str = "fig-line") -> str:
    """Return a line through many points."""
    steps = " ".join(f"{place(x)},{place(y)}" for x, y in points)
    return f'<polyline class="{look}" fill="none" points="{steps}"/>'


def polygon(points: Iterable[Point], look: str = "fig-soft") -> str:
    """Return a filled shape."""
    steps = " ".join(f"{place(x)},{place(y)}" for x, y in points)
    return f'<polygon class="{look}" points="{steps}"/>'


def rectangle(corner: Point, width: float, height: float, look: str = "fig-soft") -> str:
    """Return a filled rectangle, ``corner`` being its upper left."""
    return (
        f'<rect class="{look}" x="{place(corner[0])}" y="{place(corner[1])}"'
        f' width="{place(width)}" height="{place(height)}"/>'
    )


def dot(centre: Point, radius: float = 5, look: str = "fig-a-fill") -> str:
    """Return a filled circle."""
    return (
        f'<circle class="{look}" cx="{place(centre[0])}" cy="{place(centre[1])}"'
        f' r="{place(radius)}"/>'
    )


def text(at: Point, content: str, look: str = "fig-text", anchor: str = "middle") -> str:
    """Return one line of text; ``anchor`` is start, middle or end.

    In a formula, ``d_k`` has the index k; only letters lean.
    """
    shown = _formula(content) if look == "fig-math" else escape(content, quote=False)
    return (
        f'<text class="{look}" x="{place(at[0])}" y="{place(at[1])}"'
        f' text-anchor="{anchor}">{shown}</text>'
    )


def _formula(content: str) -> str:
    """Return a formula: indices below the line, and all but letters upright."""
    first, *others = content.split("_")
    shown = _upright(first)
    for part in others:
        style = ' font-style="normal"' if _UPRIGHT.fullmatch(part[0]) else ""
        shown += f'<tspan font-size="15" dy="5"{style}>{part[0]}</tspan>'
        if part[1:]:  # comes after the index, on the line again
            shown += f'<tspan dy="-5">{_upright(part[1:])}</tspan>'
    return shown


def _upright(formula: str) -> str:
    """Return a part of a formula with its signs upright."""
    pieces = [escape(piece, quote=False) for piece in _UPRIGHT.split(formula)]
    pieces[1::2] = [f'<tspan font-style="normal">{sign}</tspan>' for sign in pieces[1::2]]
    return "".join(pieces)


def tinted(part: str, share: float) -> str:
    """Return a filled part on which letters may stand, ``share`` being its part of all colour."""
    return f'<g fill-opacity="{TINT * share:.2f}">{part}</g>'


def arrow(start: Point, end: Point, look: str = "fig-a") -> str:
    """Return a line with a head that ends in the point; fill class is ``look`` + ``-fill``."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = math.hypot(dx, dy)
    ux, uy = dx / length, dy / length
    neck = (end[0] - HEAD * ux, end[1] - HEAD * uy)
    side = HEAD * 0.4
    left = (neck[0] - side * uy, neck[1] + side * ux)
    right = (neck[0] + side * uy, neck[1] - side * ux)
    return line(start, neck, look) + polygon([end, left, right], f"{look}-fill")


@dataclass(frozen=True)
class Plane:
    """Coordinates of mathematics (y up) inside a picture (y down).

    Attributes:
        origin: where the plane's (0, 0) lies in the picture.
        unit: how long 1 is in the picture.
    """

    origin: Point
    unit: float

    def at(self, point: Point) -> tuple[float, float]:
        """Return the place of a point in the picture."""
        return self.origin[0] + self.unit * point[0], self.origin[1] - self.unit * point[1]

    def line(self, start: Point, end: Point, look: str = "fig-thin") -> str:
        """Return a straight line between two points of the plane."""
        return line(self.at(start), self.at(end), look)

    def vector(self, tip: Point, look: str = "fig-a", tail: Point = (0, 0)) -> str:
        """Return an arrow, from the origin unless ``tail`` says otherwise."""
        return arrow(self.at(tail), self.at(tip), look)

    def label(
        self, point: Point, content: str, shift: Point = (0, 0), look: str = "fig-math", **more: str
    ) -> str:
        """Return text near a point, moved by ``shift`` in the picture's own units."""
        x, y = self.at(point)
        return text((x + shift[0], y + shift[1]), content, look, **more)

    def arc(self, a: Point, b: Point, radius: float, look: str = "fig-thin") -> str:
        """Return the arc of the angle from a to b, ``radius`` in the picture's units."""
        start, end = math.atan2(a[1], a[0]), math.atan2(b[1], b[0])
        steps = max(2, round(abs(end - start) * 12))
        turns = (start + (end - start) * i / steps for i in range(steps + 1))
        x, y = self.origin
        return polyline(((x + radius * math.cos(t), y - radius * math.sin(t)) for t in turns), look)

    def right_angle(self, corner: Point, a: Point, b: Point, side: float = 16) -> str:
        """Return the small square that marks a right angle between directions a and b."""
        x, y = self.at(corner)
        (ax, ay), (bx, by) = (
            (side * v[0] / math.hypot(*v), -side * v[1] / math.hypot(*v)) for v in (a, b)
        )
        return polyline(
            [(x + ax, y + ay), (x + ax + bx, y + ay + by), (x + bx, y + by)], "fig-thin"
        )
