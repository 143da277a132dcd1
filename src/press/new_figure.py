"""Create the files of a new interactive figure."""

import re
from pathlib import Path

from press.new_files import NAME, write_new
from press.project import Project

__all__ = ["new_figure"]


def new_figure(project: Project, name: str) -> list[Path]:
    """Create the folder of a figure, the program of its still, and print what a page holds.

    The files make a small figure that works, of one number; what is marked TODO is to be replaced.

    Raises:
        ValueError: if the name is not ``chapter/name``, of a chapter that has a page, or if a
            figure of another chapter has the name: it is that of the state in an address.
        FileExistsError: if one of the files is there already; nothing is written then.
    """
    chapter, _, own = name.partition("/")
    if not re.fullmatch(NAME, own):
        raise ValueError(f"a figure must be named like masking/mask; got {name!r}")
    if not (project.docs / project.languages[0] / f"{chapter}.md").is_file():
        raise ValueError(f"a figure must belong to a chapter; {chapter!r} has no page")
    if any(other.split("/")[1] == own for other in project.interactives):
        raise ValueError(f"a figure must have a name of its own; there is another {own!r}")
    folder = project.interactive / name
    files = {folder / file: text for file, text in _FILES.items()}
    files[project.figures / f"{name}.py"] = _STILL.format(name=name)
    return write_new(files)


_FILES = {
    "state.toml": """\
heights = [124, 124] # TODO about, on a phone and on a laptop, in twentieths of a rem

# TODO what readers change; press/syntax/states.py lists the kinds
[score]
kind = "number"
from = -4
to = 4
step = 0.5
start = 1
""",
    "model.js": """\
// TODO what is computed: state in, numbers out; nothing here knows the page.
import { softmax } from "#interactive/maths.js";

export function model({ score }) {
  return { weights: softmax([score, 0]) };
}
""",
    "view.js": """\
import { html } from "lit-html";
import { range } from "#interactive/controls.js";
import { live } from "#interactive/core.js";
import { number, picture, rectangle } from "#interactive/draw.js";

const weight = (f) => live(f.values.weights[0], "softmax(array([score, 0]))[0]");

// TODO what readers see and move
export function view(f) {
  const width = Math.min(f.width, 320);
  const bar = rectangle([0, 0], width * f.values.weights[0], 36, "fig-a-fill", 0.35);
  const parts = [rectangle([0, 0], width, 36), bar, number([width / 2, 23], weight(f))];
  return html`${picture(width, 36, parts)}<div class="press-controls">${range(f, "score")}</div>`;
}

// TODO one sentence, for eyes and for screen readers
export const status = (f) => f.word("told", { weight: weight(f) });

// TODO every value of the picture
export const table = (f) => ({ columns: [f.word("weight")], rows: [[weight(f)]] });
""",
    "words.toml": """\
[en]
score = "TODO score"
weight = "TODO weight"
told = "TODO The weight is {weight}."

[zh]
score = "TODO 分数"
weight = "TODO 权重"
told = "TODO 权重为 {weight}。"
""",
    "cases.py": '''\
"""TODO what the package computes of a state."""

from typing import Any

import numpy as np

from attention.softmax import softmax

EDGES: list[dict[str, Any]] = [{"score": -4}, {"score": 0}]  # TODO ties, zeros, limits


def names(state: dict[str, Any]) -> dict[str, Any]:
    """Return what the figure's expressions may use."""
    score = state["score"]
    weights = softmax(np.array([score, 0.0]))
    return {"score": score, "weights": weights, "softmax": softmax, "array": np.array}
''',
}
_STILL = '''\
"""TODO what the figure shows before anybody touches it."""

from draw import in_first_state, number, rectangle, svg, text, tinted

names = in_first_state("{name}")
weight = names["weights"][0]
bar = tinted(rectangle((0, 0), 540 * weight, 60, "fig-a-fill"), 0.75)  # grey lies below it
print(svg(540, 60, [rectangle((0, 0), 540, 60), bar, text((270, 37), number(weight, 2))]))
'''
