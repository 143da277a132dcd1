"""The program that measures attention in blocks, and the record that the chapter reads."""

import importlib.util
import json
import math
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch", reason="torch is an extra; `make test` installs it")

ROOT = Path(__file__).parents[2]
PROGRAM = ROOT / "docs/measured/tiling.py"
RECORD: dict[str, Any] = json.loads(PROGRAM.with_suffix(".json").read_text("utf-8"))
TINY = ["--d", "7", "--lengths", "5", "11", "--memory-lengths", "53", "107"]
QUICK = ["--rounds", "2", "--least-s", "0"]


def _load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("tiling_bench", PROGRAM)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


bench = _load()


@pytest.mark.parametrize("is_causal", [False, True])
def test_all_versions_compute_the_same(is_causal: bool) -> None:
    arrays = bench.arrays_of(523, 7, np.random.default_rng(1))  # more than one block
    answers = {name: run() for name, run in bench.versions_of(arrays, is_causal).items()}
    assert list(answers) == bench.VERSIONS
    for answer in answers.values():
        assert str(answer.dtype).endswith("float32")
        np.testing.assert_allclose(np.squeeze(answer), answers["plain"], rtol=0, atol=2e-6)


def test_the_blocks_are_those_that_a_caller_gets() -> None:
    assert bench.BLOCKS == {"block_q": 256, "block_k": 512}


def test_memory_counts_what_lives_at_once_without_the_output() -> None:
    def attend(query: Any, key: Any, value: Any) -> Any:
        for _ in range(3):
            np.ones(1000, "uint8")  # one after the other
        kept = np.ones(5000, "uint8"), np.ones(700, "uint8")
        return np.concatenate(kept)

    found = bench.extra_bytes(attend, [np.ones(1)] * 3)
    assert 5700 <= found <= 5700 + 2000  # what Python itself takes


def test_the_slope_is_the_exponent() -> None:
    lengths = [2, 3, 5, 7]
    assert bench.slope(lengths, [11 * n**3 for n in lengths]) == 3
    assert bench.slope(lengths, [13] * 4) == 0
    expected = np.polyfit(np.log(lengths), np.log([5, 3, 2, 9]), 1)[0]
    assert bench.slope(lengths, [5, 3, 2, 9]) == pytest.approx(expected, rel=1e-3)


def _assert_form(record: dict[str, Any], lengths: list[int], memory_lengths: list[int]) -> None:
    assert record["dtype"] == "float32"
    assert record["machine"]["threads"] == 1
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", record["date"])
    assert None not in record["versions"].values()
    kinds = {"full": False, "causal": True}
    assert {name: (row["n"], row["is_causal"]) for name, row in record["time"].items()} == {
        f"n{n}_{kind}": (n, is_causal) for n in lengths for kind, is_causal in kinds.items()
    }
    for row in record["time"].values():
        assert list(row["time_s"]) == bench.VERSIONS
        assert list(row["ratio"]) == ["tiled", "plain"]
        for spread in [row["noise"], *row["ratio"].values(), *row["time_s"].values()]:
            assert 0 < spread["q1"] <= spread["median"] <= spread["q3"]
    memory = dict(record["memory"])
    slopes = memory.pop("slope")
    assert {name: row["n"] for name, row in memory.items()} == {f"n{n}": n for n in memory_lengths}
    for version in ("tiled", "plain"):
        sizes = [row[f"{version}_bytes"] for row in memory.values()]
        assert slopes[version] == bench.slope(memory_lengths, sizes)


def test_it_writes_down_what_it_measured(tmp_path: Path) -> None:
    output = tmp_path / "tiny.json"
    bench.main([*TINY, *QUICK, "--output", str(output)])
    record = json.loads(output.read_text("utf-8"))
    _assert_form(record, [5, 11], [53, 107])
    assert record["sizes"] == {"d": 7, **bench.BLOCKS}
    assert record["command"].startswith("python docs/measured/tiling.py --d 7")
    row = record["memory"]["n107"]
    assert row["scores_bytes"] == 4 * 107 * 107
    assert row["output_bytes"] == 4 * 107 * 7
    assert row["plain_bytes"] > row["scores_bytes"]


def test_the_record_that_pages_read_has_the_form_and_the_sizes() -> None:
    _assert_form(RECORD, [1024, 2048, 4096], [512, 1024, 2048, 4096, 8192])
    assert RECORD["sizes"] == {"d": 64, **bench.BLOCKS}
    assert RECORD["command"] == "python docs/measured/tiling.py"
    assert re.fullmatch("[0-9a-f]{40}", RECORD["commit"])
    assert RECORD["commit_dirty"] is False
    assert RECORD["rounds"] >= 20


def test_the_record_keeps_what_blocks_promise() -> None:
    slopes = RECORD["memory"]["slope"]
    assert slopes["tiled"] <= 1.05
    assert math.isclose(slopes["plain"], 2, abs_tol=0.1)
    assert all(row["ratio"]["tiled"]["median"] < 4 for row in RECORD["time"].values())
