"""Numbers are formatted as Python formats them, and addresses read as the press reads them."""

import json
import random
import subprocess
from pathlib import Path
from typing import Any

import pytest

from press.execute.node import node
from press.syntax.states import Schema, StateError

SCRIPTS = (Path(__file__).resolve().parents[2] / "src" / "interactive").as_uri()
COUNT = 10_000


def in_node(script: str, given: object) -> Any:
    """Return what a script makes of ``given``."""
    start = f"""
        import fs from "node:fs";
        import * as number from "{SCRIPTS}/number.js";
        import * as state from "{SCRIPTS}/state.js";
        const given = JSON.parse(fs.readFileSync(0));
    """
    done = subprocess.run(
        [node(), "--input-type=module", "-e", f"{start}console.log(JSON.stringify({script}))"],
        input=json.dumps(given),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def as_python_writes(value: float, decimals: int) -> str:
    text = f"{value:.{decimals}f}"
    return text.lstrip("-") if float(text) == 0 else text.replace("-", "−")


def test_a_number_is_rounded_as_python_rounds_it_and_ties_go_to_even() -> None:
    rng = random.Random(17)
    cases = list[tuple[float, int]]()
    while len(cases) < COUNT // 2:  # ties: odd multiples of a power of two
        decimals = rng.randint(0, 6)
        value = (2 * rng.randint(0, 10**6) + 1) / 2 ** (decimals + 1)
        cases.append((value * rng.choice((-1, 1)), decimals))
    while len(cases) < COUNT:
        size = 10 ** rng.uniform(-8, 8)
        cases.append((rng.uniform(-size, size), rng.randint(0, 8)))
    got = in_node("given.map(([value, decimals]) => number.fixed(value, decimals))", cases)
    wrong = [
        (case, text, as_python_writes(*case))
        for case, text in zip(cases, got, strict=True)
        if text != as_python_writes(*case)
    ]
    assert wrong == []
    naive = in_node("given.map(([value, decimals]) => value.toFixed(decimals))", cases[:100])
    assert naive != [f"{value:.{decimals}f}" for value, decimals in cases[:100]], "ties differ"


SHOWN = [
    (0.0, "0.00"),
    (1.0, "1.00"),
    (0.245, "0.24"),
    (-2.5, "−2.50"),
    (0.004, "0.004"),
    (0.999, "0.999"),
    (0.9996, "0.9996"),
    (1 - 1e-15, "1.00"),  # what adds up to one, up to the last bit
    (1 + 1e-15, "1.00"),
    (-0.0, "0.00"),
    (1e-17, "0.00"),
    (0.00003141, "3.1×10⁻⁵"),
    (-2e-9, "−2.0×10⁻⁹"),
    (1e30, "1.0×10³⁰"),
]


def test_what_is_shown() -> None:
    values = [value for value, _ in SHOWN]
    got = in_node("given.map((value) => number.shown(value))", values)
    assert list(zip(values, got, strict=True)) == SHOWN


def test_whole_numbers_have_commas() -> None:
    values = [0, 12, 999, 1000, 131041, 1179648, -4096]
    got = in_node("given.map(number.counted)", values)
    assert got == [f"{value:,}".replace("-", "−") for value in values]


HEIGHTS = (601, 401)
SCHEMA = {
    "on": {"kind": "flag", "start": True},
    "way": {"kind": "choice", "options": ["left", "right"], "start": "left"},
    "n": {"kind": "number", "from": -4, "to": 4, "step": 0.5, "start": 1},
    "t": {"kind": "number", "from": 0.1, "to": 3.1, "step": 0.1, "start": 1},
    "u": {"kind": "number", "from": 0.25, "to": 3, "step": 0.5, "start": 0.75},
    "q": {"kind": "vector", "from": -2, "to": 2, "step": 0.25, "start": [1, 0]},
    "cells": {"kind": "bits", "start": [False, True, False]},
}
HOSTILE = [
    "", ";;;", ":", "on", "on:", "on:maybe", "on:off;on:on", "on:constructor", "way:up",
    "way:constructor", "n:", "n:NaN", "n:Infinity", "n:1e999", "n:-1e999", "n:0x10", "n:99",
    "n:-99", "n:0.26", "n:-0.2", "t:0.30000000000000004", "t:3.0999", "u:9", "q:1", "q:1,2,3",
    "q:,", "q:9,-9", "q:a,b", "cells:01", "cells:0123", "cells:111", "__proto__:1", "toString:1",
    "n:1;n:2", "on:off:on", "é:ü", "n:<b>", "q:1e-9,2", "n:  2 ", "cells:" + "1" * 10_000,
]  # fmt: skip


def test_every_address_makes_a_state_within_its_limits() -> None:
    schema = Schema(SCHEMA, HEIGHTS)
    script = """given[1].map((text) => {
        const read = state.read(given[0], text);
        return [read, state.write(given[0], read)];
    })"""
    for text, (read, written) in zip(HOSTILE, in_node(script, [SCHEMA, HOSTILE]), strict=True):
        assert schema.read(written) == read, text  # Python takes what the browser writes


def test_both_sides_read_and_write_the_same() -> None:
    schema, rng = Schema(SCHEMA, HEIGHTS), random.Random(5)
    states = [schema.draw(rng) for _ in range(300)]
    texts = [schema.write(state) for state in states]
    assert len(set(texts)) > 250
    assert [schema.read(text) for text in texts] == states
    got = in_node("given[1].map((text) => state.read(given[0], text))", [SCHEMA, texts])
    assert got == states
    again = in_node("given[1].map((one) => state.write(given[0], one))", [SCHEMA, states])
    assert again == texts


@pytest.mark.parametrize("text", [t for t in HOSTILE if t not in ("", "cells:111")])
def test_a_prompt_must_write_its_state_as_the_browser_would(text: str) -> None:
    with pytest.raises(StateError):
        Schema(SCHEMA, HEIGHTS).read(text)
