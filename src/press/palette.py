"""The colours of the site, its figures and its labs: no other file names one.

Pages know each as a variable of its name: ``ink`` is ``--ink``. Drawings that stand alone, and
the pages that belong to no language, have them written in.
"""

import re

__all__ = ["DARK", "LIGHT", "PLOTS", "PLOT_BLACK", "as_css"]

LIGHT = {
    "paper": "#fdfdfc",
    "paper-raised": "#f5f5f1",
    "paper-sunk": "#ecece6",
    "ink": "#1d2126",
    "ink-soft": "#565e67",
    "rule": "#deded7",
    "rule-strong": "#b9bab3",
    "link": "#17588f",
    "link-hover": "#0d3d66",
    "link-tint": "#17588f14",
    "checked": "#0a6b58",
    "checked-tint": "#0a6b5812",
    "wrong": "#ad2a20",
    "wrong-tint": "#ad2a200d",
    "exercise": "#855400",
    "claim": "#66479b",
    "mark": "#ffe9a8",
    "fig-a": "#1f66a8",
    "fig-b": "#b4541a",
    "fig-c": "#2c7a4b",
    "fig-soft": "#1d21261a",
    "shadow": "#0000001f",
    "shadow-high": "#00000033",
    "veil": "#00000059",
    "shade": "#1d212638",
    "code-keyword": "#6a3d8f",
    "code-string": "#2a6b36",
    "code-number": "#964400",
    "code-comment": "#656d66",
}
DARK = {
    "paper": "#16181b",
    "paper-raised": "#1e2125",
    "paper-sunk": "#282c31",
    "ink": "#dadde1",
    "ink-soft": "#9fa7b1",
    "rule": "#30353b",
    "rule-strong": "#565d66",
    "link": "#86b8e8",
    "link-hover": "#b4d5f5",
    "link-tint": "#86b8e81f",
    "checked": "#6fc7ae",
    "checked-tint": "#6fc7ae17",
    "wrong": "#f2938a",
    "wrong-tint": "#f2938a12",
    "exercise": "#dbab52",
    "claim": "#bda2e6",
    "mark": "#6b5616",
    "fig-a": "#7fb5ea",
    "fig-b": "#e79d6d",
    "fig-c": "#7fca9b",
    "fig-soft": "#dadde11f",
    "shadow": "#00000066",
    "shadow-high": "#00000099",
    "veil": "#00000059",
    "shade": "#000000b3",
    "code-keyword": "#c6a6ee",
    "code-string": "#92cf9d",
    "code-number": "#e7ac7c",
    "code-comment": "#949c95",
}
PLOTS = ("fig-a", "fig-b", "fig-c", "claim")  # the colours of the curves of a lab, in this order
PLOT_BLACK = re.compile(r"#000000\b|#000\b|\bblack\b")  # what matplotlib writes for the ink


def as_css() -> str:
    """Return the palette as variables; paper that is printed is always light."""
    light, dark = (
        "".join(f"  --{name}: {colour};\n" for name, colour in palette.items())
        for palette in (LIGHT, DARK)
    )
    return (
        f':root,\n[data-md-color-scheme="default"] {{\n{light}}}\n\n'
        f'@media screen {{\n[data-md-color-scheme="slate"] {{\n{dark}}}\n}}\n\n'
    )
