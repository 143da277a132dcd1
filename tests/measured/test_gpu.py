"""What was measured on a GPU: its form, where it comes from, and what a page says without it."""

import json
import re
from pathlib import Path
from typing import Any, NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
RECORD = ROOT / "docs/measured/gpu.json"
BACKENDS = ["flash", "cudnn", "efficient", "math"]
CANDIDATES = ["ours", "again", *BACKENDS]
DTYPES = ["bfloat16", "float16", "float32"]


def _assert_spread(found: dict[str, float]) -> None:
    assert set(found) == {"median", "q1", "q3"}
    assert 0 < found["q1"] <= found["median"] <= found["q3"]


def _assert_times(cell: dict[str, Any], rate: str) -> None:
    assert list(cell["time_s"]) == list(cell[rate]) == CANDIDATES
    assert {name for name, time in cell["time_s"].items() if time is None} == set(cell["why_not"])
    for name, time in cell["time_s"].items():
        if time is None:
            assert cell[rate][name] is None
        else:
            _assert_spread(time)
            assert cell[rate][name] > 0
    known = {name: cell["time_s"][name] for name in BACKENDS if cell["time_s"][name]}
    assert cell["best"] == min(known, key=lambda name: known[name]["median"])


def _assert_form(record: dict[str, Any]) -> None:
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", record["date"])
    assert record["dtype"] == "bfloat16"
    assert set(record["device"]) == {
        "name", "driver", "capability", "multiprocessors", "memory_gb", "l2_mb",
    }  # fmt: skip
    assert set(record["versions"]) == {"python", "torch", "cuda", "cudnn", "triton", "numpy"}
    assert record["failed_sections"] == record["failed_cells"] == record["skipped"] == {}
    assert record["broke_the_device"] == {}
    checks = record["checks"]
    assert checks["failed"] == []
    assert checks["repeatable"] is True
    for name in ("error", "gradient", "decode"):
        assert list(checks[name]) == DTYPES
        assert all(set(row) == {"ours", "torch", "ratio"} for row in checks[name].values())
    for name in ("copy_tb_s", "matmul_tflop_s"):
        _assert_spread(record["ceilings"][name])
    for name in ("prefill", "decode"):
        _assert_spread(record["noise"][name])
    for key, cell in record["prefill"].items():
        mask = "causal" if cell["is_causal"] else "full"
        assert key == f"d{cell['d']}_{mask}_n{cell['n']}"
        pairs = cell["batch"] * cell["n_heads"] * cell["n"] ** 2
        assert cell["flops"] * (2 if cell["is_causal"] else 1) == 4 * pairs * cell["d"]
        assert set(cell["config"]) == {"block_q", "block_k", "num_warps", "num_stages"}
        _assert_times(cell, "tflop_s")
        _assert_spread(cell["of_best"])
    for key, cell in record["decode"].items():
        assert key == f"b{cell['batch']}_n{cell['n']}"
        elements = cell["batch"] * cell["n_kv_heads"] * cell["n"] * cell["d"]
        assert cell["cache_bytes"] == 2 * 2 * elements
        assert cell["splits"] >= 1
        assert cell["of_copy"] > 0
        _assert_times(cell, "tb_s")
        _assert_spread(cell["time_of_best"])
    assert set(record["memory"]["slope"]) == {"ours", "math"}
    for key, cell in record["memory"].items():
        if key == "slope":
            continue
        assert key == f"n{cell['n']}"
        assert (cell["math_bytes"] is None) == ("math" in cell["why_not"])
    for name, versions in record["scores"].items():
        fused = {"fused"} if name == "additive" else set()
        assert set(versions) == {"whole", "pairwise"} | fused
        for cell in versions.values():
            _assert_spread(cell["time_s"])
            _assert_spread(cell["ratio"])
            assert cell["error"] < 1e-4  # float32, without TF32
    assert None not in record["summary"]["targets"].values()


@pytest.mark.nightly
def test_a_run_without_a_gpu_writes_a_record_of_this_form(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("torch", reason="torch is an extra; `make test` installs it")
    from attention.gpu.bench import _program

    class Ended(NamedTuple):
        """A process that has ended."""

        code: int

        def wait(self, timeout: float) -> int:
            assert timeout > 0
            return self.code

    def here(run: Any, part: str, seconds: float) -> Ended:
        """Run a part in this process: one of its own takes seconds to load PyTorch."""
        options = ["--device", "cpu", "--part", part, "--seconds", str(seconds)]
        return Ended(_program.main([*options, "--out", str(run.path_of(part))]))

    monkeypatch.delenv("TRITON_INTERPRET", raising=False)
    monkeypatch.setattr(_program.Run, "started", here)
    out = tmp_path / "gpu.json"
    assert (
        _program.main(["--device", "cpu", "--jobs", "1", "--commit", "abc", "--out", str(out)]) == 0
    )
    record = json.loads(out.read_text("utf-8"))
    record["summary"]["targets"]["decode_of_copy"] = True  # no cache is that large here
    record["device"]["driver"] = record["device"]["driver"] or "none"
    _assert_form(record)
    assert record["command"] == "python -m attention.gpu.bench --commit abc --out gpu.json"
    assert [len(record[name]) for name in ("prefill", "decode", "scores")] == [8, 4, 6]
    assert not out.with_name("gpu.json.parts").exists()


def test_the_record_that_pages_read_is_whole() -> None:
    record = json.loads(RECORD.read_text("utf-8"))
    _assert_form(record)
    assert re.fullmatch("[0-9a-f]{40}", record["commit"])
    assert record["command"].startswith(
        f"python -m attention.gpu.bench --commit {record['commit']}"
    )
    assert re.fullmatch(r"NVIDIA H[12]00.*", record["device"]["name"])
    assert record["rounds"] >= 9
    assert [len(record[name]) for name in ("prefill", "decode", "scores")] == [20, 16, 6]
    assert len(record["memory"]) == 7  # six lengths and the slope
    assert record["checks"]["count"] >= 100
