"""The program that times a decoding step, and the configurations that the chapter counts with."""

import importlib.util
import json
import re
import runpy
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from press.project import Project

ROOT = Path(__file__).parents[2]
PROGRAM = ROOT / "docs/measured/kv-cache.py"
RECORD: dict[str, Any] = json.loads(PROGRAM.with_suffix(".json").read_text("utf-8"))
FACTS = Project.load(ROOT).cited["facts"]
TINY = ["--d-model", "6", "--small", "3", "--n-heads", "3", "--steps", "2", "5"]
QUICK = ["--rounds", "2", "--least-s", "0"]


def _load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("kv_cache_bench", PROGRAM)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


bench = _load()


@pytest.mark.parametrize("t", [2, 5, 11])
def test_both_versions_write_the_same_token(t: int) -> None:
    rng = np.random.default_rng(t)
    layer = bench.layer_of(21, 3, rng)
    x = rng.standard_normal((t, 21)).astype("float32")
    whole, step = bench.uncached_step(layer, x)(), bench.cached_step(layer, x)
    assert whole.shape == (t, 21)
    for _ in range(3):  # a step may be timed many times
        newest = step()
        assert newest.dtype == "float32"
        np.testing.assert_allclose(newest, whole[-1:], rtol=0, atol=2e-6)


def test_flops_are_those_of_four_projections_and_two_products_a_head() -> None:
    t, d_model, n_heads = 5, 21, 3
    projection = 2 * d_model * d_model
    pair = 2 * 2 * n_heads * (d_model // n_heads)  # a score and a term of a mixture, every head
    counted = bench.flops(t, d_model)
    assert counted["cached"] == sum([4 * projection] + [pair for _ in range(t)])
    assert counted["uncached"] == sum(4 * projection + t * pair for _ in range(t))


def _assert_form(record: dict[str, Any], steps: list[int]) -> None:
    assert record["dtype"] == "float32"
    assert record["machine"]["threads"] == 1
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", record["date"])
    for name in ("results", "small"):
        assert [row["t"] for row in record[name].values()] == steps
    for row in [*record["results"].values(), *record["small"].values()]:
        assert row["flops_ratio"] == row["t"]
        spreads = [row["ratio"], row["noise"], *row["time_s"].values()]
        for spread in spreads:
            assert 0 < spread["q1"] <= spread["median"] <= spread["q3"]


def test_it_writes_down_what_it_measured(tmp_path: Path) -> None:
    output = tmp_path / "tiny.json"
    bench.main([*TINY, *QUICK, "--output", str(output)])
    record = json.loads(output.read_text("utf-8"))
    _assert_form(record, [2, 5])
    assert record["sizes"] == {"d_model": 6, "n_heads": 3, "small": 3}


def test_the_record_that_pages_read_has_the_form_and_the_sizes() -> None:
    _assert_form(RECORD, [2, 16, 128, 512, 1024])
    assert RECORD["sizes"] == {"d_model": 768, "n_heads": 12, "small": 48}
    assert RECORD["command"] == "python docs/measured/kv-cache.py"
    assert re.fullmatch("[0-9a-f]{40}", RECORD["commit"])
    assert RECORD["commit_dirty"] is False
    assert RECORD["rounds"] >= 20


def test_the_listings_count_with_the_published_configurations() -> None:
    listings = ROOT / "docs/listings/kv-cache"
    names = {
        "GPT-2-small": "gpt2_small",
        "Falcon-7B": "falcon_7b",
        "Qwen3-0.6B": "qwen3_06b",
        "Llama-3-8B": "llama3_8b",
        "Qwen3-8B": "qwen3_8b",
    }
    counted = runpy.run_path(str(listings / "memory.py"))
    assert counted["models"] == {
        name: (f["n_layers"], f["n_heads"], f.get("n_kv_heads", f["n_heads"]), f["d_k"])
        for name, f in ((name, FACTS[key]) for name, key in names.items())
    }
    f = FACTS["deepseek_v3"]
    widths = (f["d_head"], f["d_latent"], f["d_rotary"])
    assert counted["latent"] == (f["n_layers"], f["n_heads"], *widths)
    assert counted["llama"][8] == counted["token_bytes"]["Llama-3-8B"]
    f = FACTS["mistral_7b"]
    assert counted["window"] == f["window"]
    window_bytes = f["window"] * f["n_layers"] * f["n_kv_heads"] * 2 * f["d_k"] * 2
    assert counted["window_gb"] == pytest.approx(window_bytes / 1e9)
    exercise = runpy.run_path(str(listings / "exercises.py"))
    assert exercise["per_token"] == counted["token_bytes"]["Qwen3-0.6B"]
