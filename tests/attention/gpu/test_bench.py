"""The program that measures on a GPU, tried without one: a fake clock, stand-ins, tiny sizes."""

import argparse
import json
import math
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is an extra; `make test` installs it")

from attention import score_functions  # noqa: E402 - after torch is known to be there
from attention.gpu.bench import (  # noqa: E402
    _checks,
    _device,
    _grid,
    _kernels,
    _program,
    _reference,
    _scores,
    _sizes,
    _summary,
    _timing,
)
from attention.gpu.bench._record import BrokenDeviceError, Part  # noqa: E402
from oracles import prefix_attention_by_loops  # noqa: E402


class FakeDevice:
    """A device whose time is what the launches say."""

    def __init__(self, *, captures: bool = True) -> None:
        self.now, self.captures, self.log = 0.0, captures, []

    def kernel(self, name: str, seconds: float) -> Callable[[int], None]:
        def launch(number: int) -> None:
            self.log.append((name, number))
            self.now += seconds

        return launch

    def synchronise(self) -> None: ...

    def mark(self) -> float:
        return self.now

    def seconds_between(self, start: float, end: float) -> float:
        return end - start

    def captured(self, run: Callable[[], object]) -> Callable[[], object]:
        if not self.captures:
            raise RuntimeError("operation not permitted when stream is capturing")
        return run


# Timing


def test_a_replay_takes_the_sets_in_turn_and_lasts_long_enough() -> None:
    device = FakeDevice()
    ready = _timing.prepare(device, device.kernel("ours", 3e-5), 7, least_s=1e-3)
    device.log.clear()
    start = device.now
    ready.replay()
    assert device.now - start >= 1e-3
    assert [number for _, number in device.log] == list(range(7)) * (ready.launches // 7)
    assert ready.captured


def test_a_long_launch_is_replayed_once_a_set() -> None:
    device = FakeDevice()
    assert _timing.prepare(device, device.kernel("slow", 1.0), 3, least_s=1e-3).launches == 3


def test_what_cannot_be_captured_is_launched_by_python_and_says_so() -> None:
    device = FakeDevice(captures=False)
    ready = _timing.prepare(device, device.kernel("ours", 1e-3), 2, least_s=5e-3)
    assert not ready.captured
    assert "capturing" in ready.why_not_captured
    assert ready.launches == 6


def test_each_round_takes_every_candidate_once_in_another_order() -> None:
    device = FakeDevice()
    seconds = {"ours": 2e-3, "flash": 3e-3, "math": 5e-3}
    ready = {
        name: _timing.prepare(device, device.kernel(name, s), 1, 1e-3)
        for name, s in seconds.items()
    }
    device.log.clear()
    times = _timing.measure(device, ready, 11, random.Random(0))
    assert {name: len(found) for name, found in times.items()} == dict.fromkeys(seconds, 11)
    for name, found in times.items():
        assert found == pytest.approx([seconds[name]] * 11)
    names = [name for name, _ in device.log]
    assert len(names) == 11 * 4  # the first of a round runs once before, unmeasured
    rounds = [tuple(names[i + 1 : i + 4]) for i in range(0, 44, 4)]
    assert all(set(order) == set(seconds) for order in rounds)
    assert len(set(rounds)) > 3


def test_when_time_runs_out_two_rounds_are_kept() -> None:
    device = FakeDevice()
    ready = {"ours": _timing.prepare(device, device.kernel("ours", 1e-3), 1, 1e-3)}
    assert len(_timing.measure(device, ready, 9, random.Random(0), lambda: True)["ours"]) == 2


def test_an_error_is_told_without_paths_of_the_machine() -> None:
    said = _timing.text_of(
        RuntimeError("no\nkernel at /usr/lib/x/y.cpp (Triggered internally at z)")
    )
    assert said == "RuntimeError: no kernel at y.cpp"


# What is right


@pytest.mark.parametrize("offset", [0, 2, -2, -9])
def test_the_reference_is_what_loops_say(offset: int) -> None:
    rng = np.random.default_rng(5)
    q, k, v = (rng.standard_normal(s) for s in ((2, 6, 5, 7), (2, 3, 4, 7), (2, 3, 4, 7)))
    visible = _reference.causal_visible(5, 4, offset, "cpu")
    found = _reference.reference(*map(torch.from_numpy, (q, k, v)), visible, 0.3)
    right = prefix_attention_by_loops(q, k, v, lambda b, i: i + offset + 1, 0.3)
    for ours, loops in zip(found, right, strict=True):
        np.testing.assert_allclose(ours.numpy(), loops, rtol=1e-12, atol=1e-14)


def test_with_a_cache_the_queries_are_the_last_that_count() -> None:
    rng = np.random.default_rng(6)
    lengths = [0, 1, 3, 5]
    q, k, v = (rng.standard_normal(s) for s in ((4, 2, 3, 7), (4, 1, 5, 7), (4, 1, 5, 7)))
    visible = _reference.cached_visible(torch.tensor(lengths), 3, 5)
    found = _reference.reference(*map(torch.from_numpy, (q, k, v)), visible)
    right = prefix_attention_by_loops(q, k, v, lambda b, i: lengths[b] - 3 + i + 1)
    for ours, loops in zip(found, right, strict=True):
        np.testing.assert_allclose(ours.numpy(), loops, rtol=1e-12, atol=1e-14)


def test_no_error_of_nan_is_small() -> None:
    right = torch.ones(3)
    assert not _reference.relative_error(right * torch.nan, right) <= 1e9
    assert _reference.relative_error(torch.ones(3), torch.zeros(3)) == math.inf
    assert _reference.relative_error(torch.zeros(3), torch.zeros(3)) == 0


# Checks


def _check(
    kernel: Callable[..., Any], name: str, dtype: str = "bfloat16", what: str = "forward"
) -> Any:
    if what == "gradient":
        case = next(case for case in _checks.GRADIENT if case.name == name)
        return _checks.check_gradient(kernel, case, dtype, "cpu", 3)
    cases = _checks.DECODE if what == "decode" else _checks.FORWARD
    case = next(case for case in cases if case.name == name)
    return _checks.check_forward(kernel, case, dtype, "cpu", 3, decode=what == "decode")


@pytest.mark.parametrize("dtype", _checks.DTYPES)
@pytest.mark.parametrize(
    "name", ["odd_causal", "hidden_rows", "all_hidden", "shifted", "huge", "one"]
)
def test_what_is_right_passes(name: str, dtype: str) -> None:
    found = _check(_kernels.plain_attention, name, dtype)
    assert found["failed"] == []
    assert found["repeatable"]
    assert 0 <= found["ratio"] <= 1.0


def _spoilt(how: Callable[..., Any], kernel: Callable[..., Any] = _kernels.plain_attention) -> Any:
    def wrong(*given: Any, **options: Any) -> Any:
        result = kernel(*given, **options)
        return how(*result) if options.get("return_lse") else how(result, None)[0]

    return wrong


def _with_nan(output: Any, lse: Any) -> Any:
    output = output.clone()
    output[0, 0, -1, -1] = torch.nan
    return output, lse


FAULTS: dict[str, Callable[..., Any]] = {
    "nan": _spoilt(_with_nan),
    "rounded": _spoilt(lambda o, lse: ((o * 64).round() / 64, lse)),
    "base_2": _spoilt(lambda o, lse: (o, None if lse is None else lse / math.log(2))),
    "hidden": _spoilt(lambda o, lse: (torch.where(o == 0, 1e-9, o.double()).to(o.dtype), lse)),
    "moving": _spoilt(lambda o, lse: (o * (1 + 1e-2 * random.random()), lse)),
    "unscaled": lambda *x, scale=None, **o: _kernels.plain_attention(*x, scale=0.1, **o),
    "shifted": lambda *x, offset=0, **o: _kernels.plain_attention(*x, offset=offset + 1, **o),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_is_wrong_fails(fault: str) -> None:
    assert _check(FAULTS[fault], "hidden_rows")["failed"] != []


def test_nan_is_not_written_as_a_number() -> None:
    found = _check(FAULTS["nan"], "odd")
    assert found["ours"] is None
    json.dumps(found, allow_nan=False)


def test_wrong_lengths_fail() -> None:
    assert _check(_kernels.plain_decode, "several", what="decode")["failed"] == []
    assert (
        _check(
            lambda *x, lengths, **o: _kernels.plain_decode(*x, lengths=lengths - 1, **o),
            "several",
            what="decode",
        )["failed"]
        != []
    )


def test_wrong_gradients_fail() -> None:
    assert _check(_kernels.plain_attention, "grouped_causal", what="gradient")["failed"] == []

    def deaf(q: Any, k: Any, v: Any, **options: Any) -> Any:  # as if the scores had no gradient
        right = _kernels.plain_attention(q.detach(), k.detach(), v, **options)
        return right + 0 * (q.sum() + k.sum())

    assert _check(deaf, "grouped_causal", what="gradient")["failed"] != []


# Sections


class _Works:
    def __init__(self, broken: bool = False) -> None:
        self._broken = broken

    def broken(self) -> bool:
        return self._broken

    def free(self) -> None: ...


def _raise(error: Exception) -> Any:
    raise error


def _silent(text: str) -> None: ...


def test_a_cell_that_fails_loses_no_other(tmp_path: Path) -> None:
    part = Part(tmp_path / "part.json")
    cells = [("a", lambda: 1), ("b", lambda: _raise(RuntimeError("no"))), ("c", lambda: 3)]
    part.run(cells, _Works(), lambda: False, _silent)
    again = Part(part.path)
    assert again.cells == {"a": 1, "c": 3}
    assert again.failed == {"b": "RuntimeError: no"}
    assert again.current is None


def test_cells_for_which_there_is_no_time_are_named(tmp_path: Path) -> None:
    part = Part(tmp_path / "part.json")
    left = [False, True, True]
    cells = [(name, lambda: 1) for name in "abc"]
    part.run(cells, _Works(), lambda: left.pop(0), _silent)
    assert part.cells == {"a": 1}
    assert Part(part.path).skipped == ["b", "c"]


def test_what_breaks_the_device_is_left_out_when_the_part_starts_again(tmp_path: Path) -> None:
    path, tried = tmp_path / "part.json", []

    def cells(part: Part) -> Any:
        def cell() -> Any:
            tried.append(dict(part.broke))
            if "b/flash" in part.broke:
                return part.broke["b/flash"]
            raise BrokenDeviceError("b/flash", "illegal memory access")

        return [("a", lambda: 1), ("b", cell), ("c", lambda: 3)]

    first = Part(path)
    with pytest.raises(BrokenDeviceError):
        first.run(cells(first), _Works(), lambda: False, _silent)
    second = Part(path)
    second.run(cells(second), _Works(), lambda: False, _silent)
    assert second.cells == {"a": 1, "b": "illegal memory access", "c": 3}
    assert len(tried) == 2


def test_a_cell_that_breaks_the_device_is_not_tried_again(tmp_path: Path) -> None:
    path = tmp_path / "part.json"
    cells = [("a", lambda: _raise(RuntimeError("illegal memory access"))), ("b", lambda: 2)]
    with pytest.raises(BrokenDeviceError):
        Part(path).run(cells, _Works(broken=True), lambda: False, _silent)
    second = Part(path)
    second.run(cells, _Works(), lambda: False, _silent)
    assert second.cells == {"b": 2}
    assert list(second.failed) == ["a"]


def _options(folder: Path, *more: str) -> argparse.Namespace:
    return _program.arguments_of(["--device", "cpu", "--out", str(folder / "gpu.json"), *more])


@pytest.mark.parametrize("program", ["import sys; sys.exit(-9)", "import time; time.sleep(60)"])
def test_a_process_that_dies_or_hangs_loses_its_cell_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    run = _program.Run(_options(tmp_path))
    run.folder.mkdir()
    part = Part(run.path_of("prefill"))
    part.cells, part.current = {"a": 1}, "b"
    part.save()
    monkeypatch.setattr(_program, "GRACE_S", -19.0)
    monkeypatch.setattr(
        run, "started", lambda *_: subprocess.Popen([sys.executable, "-c", program])
    )
    run.measure("prefill", run.elapsed() + 20.5)
    found = Part(part.path)
    assert found.cells == {"a": 1}
    assert list(found.failed) == ["b"]
    assert "prefill" in run.failed


def test_without_time_the_record_is_written_and_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "gpu.json"
    assert _program.main(["--device", "cpu", "--deadline-s", "0", "--out", str(out)]) == 0
    record = json.loads(out.read_text("utf-8"))
    assert set(record["failed_sections"]) == set(_program.SECTIONS)
    assert record["summary"]["targets"]["prefill_geomean"] is None
    assert "failed sections" in capsys.readouterr().out


def test_a_section_runs_in_a_process_of_its_own(tmp_path: Path) -> None:
    out = tmp_path / "gpu.json"
    given = ["--device", "cpu", "--sections", "ceilings", "--out", str(out)]
    assert _program.main(given) == 0
    record = json.loads(out.read_text("utf-8"))
    assert record["ceilings"]["intensity"] > 0
    assert record["device"]["name"] == "cpu"
    assert record["command"].endswith("--sections ceilings")


def test_the_command_is_written_without_a_path(tmp_path: Path) -> None:
    told = _program.command_of(_options(tmp_path, "--commit", "abc", "--quick"))
    assert told == "python -m attention.gpu.bench --commit abc --out gpu.json --quick"


def test_a_candidate_that_cannot_run_says_why(tmp_path: Path) -> None:
    device = _device.Cpu()
    bench = _grid.Bench(
        device, _kernels.kernels_on("cpu"), _sizes.TINY, 0, {"cell/bad": "broke"}, lambda: False
    )
    fine = _grid.Candidate(lambda _: None)
    candidates = {
        "ours": fine,
        "bad": fine,
        "large": _grid.Candidate(lambda _: None, 70e9),
        "math": _grid.Candidate(lambda _: _raise(torch.OutOfMemoryError("CUDA out of memory"))),
        "cudnn": _grid.Candidate(lambda _: _raise(RuntimeError("No available kernel"))),
    }
    times, why_not, _ = _grid.timed_beside(bench, "cell", candidates, 2)
    assert list(times) == ["ours"]
    assert why_not == {
        "bad": "broke",
        "large": "needs 70 GB",
        "math": "out of memory",
        "cudnn": "No available kernel",
    }


# The scores


@pytest.fixture(scope="module")
def given() -> Any:
    bench = _grid.Bench(
        _device.Cpu(), _kernels.kernels_on("cpu"), _sizes.TINY, 0, {}, lambda: False
    )
    g = _scores.given_for(bench)
    return _scores.Given(*(x.double() for x in g))._replace(key=g.key[:7].double())


@pytest.mark.parametrize("name", _summary.SCORES)
def test_every_version_scores_as_the_package_does(given: Any, name: str) -> None:
    q, k = given.query, given.key
    right = {
        "dot": lambda: q @ k.mT,
        "scaled_dot": lambda: q @ k.mT / math.sqrt(q.shape[-1]),
        "cosine": lambda: score_functions.cosine_scores(q, k),
        "distance": lambda: score_functions.negative_squared_distance_scores(q, k),
        "bilinear": lambda: score_functions.bilinear_scores(q, k, given.between),
        "additive": lambda: score_functions.additive_scores(q, k, *given[3:]),
    }[name]()
    for found in (_scores.WHOLE[name](given), _scores.pairwise(name, given, 17)):
        np.testing.assert_allclose(found.numpy(), right.numpy(), rtol=1e-10, atol=1e-12)


FUSED = """
import torch
from attention.gpu.bench._additive import fused_additive
g = torch.Generator().manual_seed(0)
shapes = [(37, 11), (71, 11), (11, 13), (11, 13), (13,)]
q, k, w_q, w_k, w = (torch.randn(s, generator=g) for s in shapes)
right = torch.tanh((q.double() @ w_q.double())[:, None] + k.double() @ w_k.double()) @ w.double()
assert (fused_additive(30 * q, 30 * k, w_q, w_k, w).abs() <= w.abs().sum() * 1.001).all()
print(float((fused_additive(q, k, w_q, w_k, w) - right).abs().max()))
"""
COMPILED = """
import triton
from triton.backends.compiler import GPUTarget
from triton.compiler import ASTSource
from attention.gpu.bench._additive import _additive_kernel
signature = {f"{n}_ptr": "*fp32" for n in ("query", "key", "weight", "scores")}
signature |= dict.fromkeys(["n_q", "n_k", "d_h"], "i32")
signature |= dict.fromkeys(["BLOCK_Q", "BLOCK_K"], "constexpr")
source = ASTSource(_additive_kernel, signature, {"BLOCK_Q": 32, "BLOCK_K": 64})
done = triton.compile(source, target=GPUTarget("cuda", 90, 32), options={"num_warps": 4})
print(done.asm["ptx"].count("ex2.approx"))
"""


def _printed(program: str, monkeypatch: pytest.MonkeyPatch, *, interpreted: bool) -> float:
    pytest.importorskip("triton", reason="Triton runs on Linux alone; `make test` installs it")
    if interpreted:
        monkeypatch.setenv("TRITON_INTERPRET", "1")
    else:
        monkeypatch.delenv("TRITON_INTERPRET", raising=False)
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=False, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return float(done.stdout)


def test_the_fused_additive_score_is_right_and_never_overflows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert _printed(FUSED, monkeypatch, interpreted=True) < 1e-5


def test_the_fused_additive_score_compiles(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _printed(COMPILED, monkeypatch, interpreted=False) == 32 * 64 / (4 * 32)


# The summary


def test_the_slope_of_a_square_is_two() -> None:
    assert _summary.slope([(n, 3 * n**2) for n in (5, 7, 11)]) == 2.0
    assert _summary.slope([(1, 0), (2, 0)]) is None
    assert _summary.geomean([]) is None


def _cell(of_best: float, d: int) -> dict[str, Any]:
    return {"d": d, "of_best": {"median": of_best}}


def test_the_summary_says_which_targets_are_reached() -> None:
    decode = {
        "b1_n1": {"cache_bytes": 10, "of_copy": 0.1, "time_of_best": {"median": 2.0}},
        "b2_n2": {"cache_bytes": 600 * 10**6, "of_copy": 0.9, "time_of_best": {"median": 0.5}},
    }
    errors = {dtype: {"ours": 1.0, "torch": 1.0, "ratio": 1.1} for dtype in _summary.DTYPES}
    record = {
        "prefill": {"a": _cell(0.5, 64), "b": _cell(2.0, 64), "c": _cell(1.0, 128)},
        "decode": decode,
        "memory": {"slope": {"ours": 1.01}},
        "checks": {
            "count": 3,
            "failed": [],
            "error": errors,
            "gradient": errors,
            "decode": errors | {"float16": {"ours": 1.0, "torch": 1.0, "ratio": 1.6}},
        },
    }
    found = _summary.summary_of(record)
    assert found["prefill_of_best"] == {
        "geomean": 1.0,
        "least": 0.5,
        "least_cell": "a",
        "d64": 1.0,
        "d128": 1.0,
    }
    assert found["decode_of_copy_least"] == 0.9
    assert found["decode_time_of_best"] == 1.0
    assert found["targets"] == {
        "prefill_geomean": True,
        "prefill_least": False,
        "decode_of_copy": True,
        "decode_time": True,
        "memory_slope": True,
        "error_ratio": False,
        "checks": True,
    }


def test_the_parent_needs_neither_torch_nor_triton() -> None:
    program = (
        "import sys; import attention.gpu.bench._program;"
        "print([n for n in ('torch', 'triton', 'numpy', 'array_api_compat') if n in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=False, text=True
    )
    assert done.stdout.strip() == "[]", done.stderr
