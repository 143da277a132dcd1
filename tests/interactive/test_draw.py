"""Figures in the browser are drawn as the press draws them."""

import json
import re
import runpy
import subprocess
from pathlib import Path
from typing import Any

import pytest

from press.execute.node import node

ROOT = Path(__file__).resolve().parents[2]
DRAW: dict[str, Any] = runpy.run_path(str(ROOT / "docs" / "figures" / "draw.py"))
SCRIPT = f"""
import fs from "node:fs";
import * as draw from "{ROOT}/src/interactive/draw.js";
const written = (part) => Array.isArray(part) ? part.map(written).join("")
  : part?.strings ? part.strings.map((text, i) => text + (i < part.values.length ? written(part.values[i]) : "")).join("")
  : typeof part === "symbol" ? "" : String(part);
const plane = new draw.Plane([40, 200], 30);
console.log(JSON.stringify(JSON.parse(fs.readFileSync(0)).map(([name, given]) =>
  written(name.startsWith("Plane.") ? plane[name.slice(6)](...given) : draw[name](...given)))));
"""  # noqa: E501
CALLS: list[tuple[str, list[Any]]] = [
    ("line", [[1.26, 2], [3.04, -4.06]]),
    ("line", [[0, 0], [10, 20], "fig-a"]),
    ("polyline", [[[0, 1], [2.54, 3], [4, 5]]]),
    ("polygon", [[[0, 1], [2, 3], [4, 5.1]], "fig-b-fill"]),
    ("rectangle", [[3, 4], 10.04, 20, "fig-a-fill"]),
    ("dot", [[3, 4.5]]),
    ("dot", [[3, 4.5], 2, "fig-c-fill"]),
    ("text", [[5, 6], "x < y & z"]),
    ("text", [[5, 6], "k", "fig-math", "start"]),
    ("arrow", [[0, 0], [60, 80]]),
    ("arrow", [[100, 5], [20, 5], "fig-b"]),
    ("Plane.line", [[0, 0], [2, 3]]),
    ("Plane.vector", [[2, 3]]),
    ("Plane.vector", [[2, -3], "fig-c", [1, 1]]),
]


@pytest.fixture(scope="module")
def drawn() -> list[str]:
    """What the browser's side draws."""
    done = subprocess.run(
        [node(), "--input-type=module", "-e", SCRIPT],
        input=json.dumps(CALLS),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return list(json.loads(done.stdout))


def elements(markup: str) -> list[tuple[str, dict[str, str], str]]:
    """Return the elements of a piece of SVG: name, attributes, text."""
    found = []
    for name, inside, text in re.findall(r"<(\w+) ([^<>]*?)/?>([^<]*)", markup):
        pairs = re.findall(r'([\w-]+)="?([^"=]*?)"?(?=\s+[\w-]+=|\s*$)', inside)
        found.append((name, {key: value for key, value in pairs if value}, text.strip()))
    return found


@pytest.mark.parametrize(
    "number", range(len(CALLS)), ids=[f"{n}-{i}" for i, (n, _) in enumerate(CALLS)]
)
def test_a_part_is_drawn_alike_on_both_sides(drawn: list[str], number: int) -> None:
    name, given = CALLS[number]
    function = DRAW["arrow"]
    function.__globals__["HEAD"] = 12  # of the browser's pixels
    plane = DRAW["Plane"]((40, 200), 30)
    call = getattr(plane, name[6:]) if name.startswith("Plane.") else DRAW[name]
    mine = elements(drawn[number].replace("x < y & z", "x &lt; y &amp; z"))
    assert mine == elements(call(*given))
    assert mine
