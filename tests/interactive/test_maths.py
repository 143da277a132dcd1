"""The mathematics that figures share is the package's, and each mistake in it is noticed."""

import json
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from attention.softmax import softmax
from press.execute.node import node

MATHS = Path(__file__).resolve().parents[2] / "src" / "interactive" / "maths.js"
RNG = np.random.default_rng(11)
ROWS, COLUMNS, INNER = 3, 5, 7  # all different: a forgotten transpose cannot pass


def drawn(*shape: int, spread: float = 3) -> list[Any]:
    return RNG.normal(0, spread, shape).tolist()


Case = tuple[str, list[Any], Callable[..., Any]]
# Calls of each function of maths.js, and what the package, or NumPy, makes of the same.
CASES: list[Case] = [
    *[("softmax", [drawn(INNER, spread=10**k)], lambda x: softmax(np.array(x))) for k in range(4)],
    ("softmax", [[1000, 999, -2000]], lambda x: softmax(np.array(x, dtype=float))),
    ("softmax", [[2.5, 2.5, 2.5]], lambda x: softmax(np.array(x))),
    ("softmax", [["-Infinity", 1, "-Infinity"]], lambda x: softmax(np.array(x))),
    ("softmax", [["-Infinity", "-Infinity"]], lambda x: softmax(np.array(x))),
    ("sum", [drawn(INNER)], np.sum),
    ("dot", [drawn(INNER), drawn(INNER)], np.dot),
    ("norm", [drawn(INNER)], np.linalg.norm),
    ("transpose", [drawn(ROWS, COLUMNS)], np.transpose),
    ("product", [drawn(ROWS, INNER), drawn(INNER, COLUMNS)], np.matmul),
    ("rowsOf", [drawn(ROWS * COLUMNS), COLUMNS], lambda v, w: np.reshape(v, (-1, w))),
]
# What maths.js says, and what it must not say.
FAULTS = [
    ("Math.exp(score - highest)", "Math.exp(score)"),
    ("if (highest === -Infinity)", "if (false)"),
    ("power / total", "power / (total + 1)"),
    ("x * b[i]", "x + b[i]"),
    ("Math.sqrt(dot(a, a))", "dot(a, a)"),
    ("total + x, 0", "total + x, 1"),
    ("i * width + j", "j * width + i"),
    ("m.map((row) => row[j])", "m.map((row) => row[0])"),
    ("transpose(b).map", "b.map"),
]
SCRIPT = """
import fs from "node:fs";
const number = (key, value) => (value === "-Infinity" ? -Infinity : value);
const [scripts, cases] = JSON.parse(fs.readFileSync(0), number);
const copies = await Promise.all(scripts.map((script) => import(script)));
console.log(JSON.stringify(copies.map((maths) => cases.map(([name, given]) => {
  try { return maths[name](...given); } catch { return null; }
}))));
"""


def failures(scripts: Sequence[Path]) -> list[list[str]]:
    """Return for each copy of maths.js the functions that compute something else."""
    done = subprocess.run(
        [node(), "--input-type=module", "-e", SCRIPT],
        input=json.dumps([[str(path) for path in scripts], [case[:2] for case in CASES]]),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return [wrong(answers) for answers in json.loads(done.stdout)]


def wrong(answers: list[Any]) -> list[str]:
    """Return the functions whose answers differ from the package's."""
    found = []
    for (name, given, oracle), answer in zip(CASES, answers, strict=True):
        numbers = json.loads(json.dumps(given).replace('"-Infinity"', "-Infinity"))
        true = np.asarray(oracle(*numbers), dtype=float)
        mine = np.asarray(answer, dtype=float)
        close = (
            np.abs(mine - true) <= 1e-12 * np.maximum(1, np.abs(true))
            if (mine.shape == true.shape)
            else np.array(False)
        )
        if not close.all():
            found.append(name)
    return found


def test_what_figures_share_computes_what_the_package_computes() -> None:
    assert failures([MATHS]) == [[]]


def test_each_mistake_is_noticed(tmp_path: Path) -> None:
    text = MATHS.read_text("utf-8")
    copies = []
    for number, (right, mistake) in enumerate(FAULTS):
        assert text.count(right) == 1, "a fault changes one place"
        copies.append(tmp_path / f"{number}.mjs")
        copies[-1].write_text(text.replace(right, mistake), "utf-8")
    found = failures(copies)
    assert [fault for fault, names in zip(FAULTS, found, strict=True) if not names] == []
