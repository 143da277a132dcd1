"""A drawing in a page is the one in its file: the same points, in fewer bytes."""

import gzip
import re
from pathlib import Path
from xml.etree import ElementTree as etree

import pytest

from press.render.drawings import compact

ROOT = Path(__file__).resolve().parents[3]
FIGURES = sorted((ROOT / "docs" / "figures").rglob("*.svg"))
SVG = "{http://www.w3.org/2000/svg}"
_SIZES = {"m": 2, "l": 2, "t": 2, "h": 1, "v": 1, "q": 4, "s": 4, "c": 6}


def walked(path: str) -> list[tuple[str, ...]]:
    """Return where a pen goes that draws a path, in thousandths."""
    seen, here, start = [], [0.0, 0.0], [0.0, 0.0]
    for kind, numbers in re.findall(r"([A-Za-z])([^A-Za-z]*)", path):
        if kind in "zZ":
            here = list(start)
            seen.append(("z",))
            continue
        values = [float(value) for value in re.findall(r"-?(?:\d+\.?\d*|\.\d+)", numbers)]
        axes = {"h": [0], "v": [1]}.get(kind.lower(), [0, 1])
        size = _SIZES[kind.lower()]
        for i in range(0, len(values), size):
            step = values[i : i + size]
            offset = [here[axes[j % len(axes)]] if kind.islower() else 0 for j in range(len(step))]
            to = [a + b for a, b in zip(step, offset, strict=True)]
            for axis, value in zip(axes, to[-len(axes) :], strict=True):
                here[axis] = value
            if kind in "mM" and i == 0:
                start = list(here)
            name = "l" if kind in "mM" and i else kind.lower()
            seen.append((name, *(f"{value + 0:.3f}".replace("-0.000", "0.000") for value in to)))
    return seen


def shapes(svg: str) -> list[object]:
    """Return all that a drawing holds, lines and polygons as paths."""
    found: list[object] = []
    for node in etree.fromstring(svg).iter():
        tag, attributes = node.tag.removeprefix(SVG), dict(node.attrib)
        if tag in ("polyline", "polygon"):
            attributes["d"] = f"M{attributes.pop('points')}{'z' if tag == 'polygon' else ''}"
            tag = "path"
        drawn = walked(attributes.pop("d", "")) if tag == "path" else None
        found.append((tag, attributes, drawn, (node.text or "").strip(), (node.tail or "").strip()))
    return found


@pytest.mark.parametrize("path", FIGURES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_page_draws_what_the_file_draws(path: Path) -> None:
    text = path.read_text("utf-8")
    found = compact(text)
    names = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    assert shapes(found.replace("<svg", f"<svg {names}", 1)) == shapes(text)
    assert len(found) < len(text)


def test_every_kind_of_step_leads_where_it_did() -> None:
    path = (
        "M 1 1 L 2 2 z L 5 5.25 M 3 3 M 4 4 6 6 H 7 V -1 Q 1 1 2 0.5 T 3 3 C 0 1 2 3 9 9 S 1 2 3 4"
    )
    found = re.search(r' d="(.*?)"', compact(f'<svg><path d="{path}"/></svg>'))[1]
    assert walked(found) == walked(path)
    assert len(found) < len(path)


def test_a_long_curve_takes_half_the_bytes() -> None:
    points = " ".join(f"{i},{(i * i) / 50:.1f}" for i in range(200))
    text = f'<svg><polyline class="a" points="{points}"/></svg>'
    weights = [len(gzip.compress(one.encode())) for one in (text, compact(text))]
    assert weights[1] < weights[0] / 2


@pytest.mark.parametrize("path", ["m1 2l3 4", "M 0 0 A 1 1 0 0 0 2 2", ""])
def test_a_path_of_another_kind_stays_as_it_is(path: str) -> None:
    assert compact(f'<svg><path d="{path}"/></svg>') == f'<svg><path d="{path}"/></svg>'
