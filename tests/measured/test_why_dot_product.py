"""The program behind `make bench`: it computes what it times, and writes down what it measured."""

import importlib.util
import json
import math
import os
import random
import re
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
PROGRAM = ROOT / "docs/measured/why-dot-product.py"
RECORD: dict[str, Any] = json.loads(PROGRAM.with_suffix(".json").read_text("utf-8"))
CANDIDATES = ["dot", "scaled_dot", "cosine", "distance", "bilinear", "additive"]
VERSIONS = ["well", "rows", "naive"]
EVERYTHING = {"rows": 99, "naive": 99}


def _load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("why_dot_product_bench", PROGRAM)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look themselves up there
    spec.loader.exec_module(module)
    return module


bench = _load()
SIZES = bench.Sizes(n_q=11, n_k=13, d=7, d_h=5)


# Each version computes the formula


def _explicit(name: str, q: Any, k: Any, w: Any) -> float:
    """One score from one query and one key, number by number, in float64."""
    d, d_h = len(q), len(w.score)
    product = sum(q[i] * k[i] for i in range(d))
    if name == "dot":
        return product
    if name == "scaled_dot":
        return product / math.sqrt(d)
    if name == "cosine":
        return product / (math.hypot(*q) * math.hypot(*k))
    if name == "distance":
        return -(math.dist(q, k) ** 2)
    if name == "bilinear":
        return sum(q[i] * w.between[i][j] * k[j] for i in range(d) for j in range(d))
    hidden = [
        math.tanh(sum(q[i] * w.query[i][h] + k[i] * w.key[i][h] for i in range(d)))
        for h in range(d_h)
    ]
    return sum(hidden[h] * w.score[h] for h in range(d_h))


@pytest.fixture(params=["numpy", "torch", "torch_cuda"])
def library(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Each library; where there is no GPU, the processor stands in for one."""
    if request.param != "numpy":
        torch = pytest.importorskip("torch", reason="torch is an extra; `make test` installs it")
        monkeypatch.setattr(torch, "set_num_threads", lambda n: None)
        if request.param == "torch_cuda" and not torch.cuda.is_available():
            _pretend_a_gpu(torch, monkeypatch)
    return next(each for each in bench.libraries(SIZES) if each.name == request.param)


def _pretend_a_gpu(torch: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "synchronize", lambda: None)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda: "a pretended GPU")
    monkeypatch.setattr(torch.Tensor, "cuda", lambda self: self)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", CANDIDATES)
def test_every_version_computes_the_formula(library: Any, name: str, version: str) -> None:
    query, key, w = drawn = bench.inputs(SIZES, seed=1)
    wide = bench.Parameters(*(each.astype("float64").tolist() for each in w))
    expected = [
        [_explicit(name, q, k, wide) for k in key.astype("float64").tolist()]
        for q in query.astype("float64").tolist()
    ]
    task = bench.tasks_of(library, SIZES, drawn, EVERYTHING)[name, version]
    scores = np.asarray(task.run().cpu() if library.name != "numpy" else task.run())
    assert scores.dtype == "float32"
    assert task.scale == 1
    np.testing.assert_allclose(scores, expected, rtol=0, atol=2e-5)


@pytest.mark.parametrize("block", [(1, 1), (1, 5), (3, 13), (4, 4), (99, 99)])
def test_no_pair_is_lost_between_the_blocks(block: tuple[int, int]) -> None:
    query, key, w = bench.inputs(SIZES, seed=1)
    whole = np.tanh((query @ w.query)[:, None] + (key @ w.key)[None]) @ w.score
    scores = np.full((SIZES.n_q, SIZES.n_k), np.nan, "float32")
    bench.additive_in_blocks(np, query, key, w, scores, block)
    np.testing.assert_allclose(scores, whole, rtol=0, atol=1e-5)


def test_loops_over_few_queries_stand_for_all_of_them() -> None:
    numpy = bench.libraries(SIZES)[0]
    drawn = bench.inputs(SIZES, seed=1)
    tasks = bench.tasks_of(numpy, SIZES, drawn, {"rows": 4, "naive": 2})
    for name in CANDIDATES:
        whole = tasks[name, "well"]
        assert (whole.queries, whole.scale) == (11, 1)
        for version, few in (("rows", 4), ("naive", 2)):
            task = tasks[name, version]
            assert (task.queries, task.scale) == (few, 11 / few)
            np.testing.assert_allclose(task.run(), whole.run()[:few], rtol=0, atol=2e-5)


def test_the_hidden_array_of_all_pairs_is_never_held() -> None:
    s = bench.Sizes(n_q=101, n_k=103, d=7, d_h=53)
    tasks = bench.tasks_of(bench.libraries(s)[0], s, bench.inputs(s, seed=1), EVERYTHING)
    tracemalloc.start()
    tasks["additive", "well"].run()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4 * 101 * 103 * 53 / 10


# What is counted


class Counted:
    """A number that counts what is done with it."""

    done = 0
    tanhs = 0

    def _counted(self, other: object = None) -> "Counted":
        Counted.done += 1
        return Counted()

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _counted
    __truediv__ = __pow__ = __neg__ = _counted

    def tanh(self) -> "Counted":
        Counted.tanhs += 1
        return Counted()


def _all_at_once(q: Any, k: Any, w: Any) -> dict[str, Callable[[], Any]]:
    """The candidates in matrices, written down a second time."""

    def unit(x: Any) -> Any:
        return x / ((x * x).sum(-1) ** 0.5)[:, None]

    def squares(x: Any) -> Any:
        return (x * x).sum(-1)

    return {
        "dot": lambda: q @ k.T,
        "scaled_dot": lambda: (q @ k.T) / 7**0.5,
        "cosine": lambda: unit(q) @ unit(k).T,
        "distance": lambda: 2 * (q @ k.T) - squares(q)[:, None] - squares(k)[None],
        "bilinear": lambda: (q @ w.between) @ k.T,
        "additive": lambda: np.tanh((q @ w.query)[:, None] + (k @ w.key)[None]) @ w.score,
    }


def _sums(name: str, version: str) -> int:
    """How many sums are formed; m numbers take one addition fewer than m, which we count."""
    n_q, n_k, d, d_h = SIZES
    pairs = n_q * n_k
    return {
        "dot": {"well": pairs, "rows": pairs, "naive": pairs},
        "scaled_dot": {"well": pairs, "rows": pairs, "naive": pairs},
        "cosine": {"well": pairs + n_q + n_k, "rows": 2 * pairs + n_q, "naive": 3 * pairs},
        "distance": {"well": pairs + n_q + n_k, "rows": pairs, "naive": pairs},
        "bilinear": {"well": n_q * d + pairs, "rows": n_q * d + pairs, "naive": pairs * (d + 1)},
        "additive": {
            "well": (n_q + n_k) * d_h + pairs,
            "rows": (n_q + pairs) * d_h + pairs,
            "naive": 2 * pairs * d_h + pairs,
        },
    }[name][version]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", CANDIDATES)
def test_the_counted_operations_are_those_that_are_done(name: str, version: str) -> None:
    n_q, n_k, d, d_h = SIZES

    def numbers(*shape: int) -> Any:
        made = np.empty(shape, object)
        made[...] = [Counted()] if len(shape) == 1 else [[Counted()]]
        return made

    q, k = numbers(n_q, d), numbers(n_k, d)
    w = bench.Parameters(numbers(d, d), numbers(d, d_h), numbers(d, d_h), numbers(d_h))
    Counted.done = Counted.tanhs = 0
    if version == "well":
        _all_at_once(q, k, w)[name]()
    else:
        loop = {"rows": bench.query_by_query, "naive": bench.pair_by_pair}[version]
        loop(bench.plain_formulas(np, w)[name], q, k, np.empty((n_q, n_k), object))
    table = bench.counts(SIZES, (1, 128))[name]
    assert table["flops"][version] == Counted.done + _sums(name, version)
    assert table["tanh"] == Counted.tanhs


def test_parameters_are_counted_as_the_entries_that_are_drawn() -> None:
    w = bench.inputs(SIZES, seed=1)[2]
    found = {name: row["parameters"] for name, row in bench.counts(SIZES, (1, 128)).items()}
    assert found == dict.fromkeys(CANDIDATES, 0) | {
        "bilinear": w.between.size,
        "additive": w.query.size + w.key.size + w.score.size,
    }


def test_bytes_are_those_of_the_arrays() -> None:
    query, key, w = bench.inputs(SIZES, seed=1)
    table = bench.counts(SIZES, (1, 5))
    result = query @ key.T
    assert {row["result_bytes"] for row in table.values()} == {result.nbytes}
    asked, offered = query @ w.query, key @ w.key
    hidden = asked[:, None] + offered[None]
    assert table["additive"]["hidden_bytes"] == hidden.nbytes
    assert {name: row["intermediate_bytes"] for name, row in table.items()} == {
        "dot": 0,
        "scaled_dot": 0,
        "cosine": query.nbytes + key.nbytes,
        "distance": query[:, 0].nbytes + key[:, 0].nbytes,
        "bilinear": (query @ w.between).nbytes,
        "additive": asked.nbytes + offered.nbytes + hidden[:1, :5].nbytes,
    }


# What is measured


class Clock:
    """A clock that goes on only when a task runs, at a speed of its own in each round."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def _ticking(clock: Clock, takes: float, runs: list[float]) -> Any:
    """A task that takes so long, and twice as long each time as the time before."""

    def run() -> None:
        clock.now += takes * 2 ** len(runs)
        runs.append(takes)

    return run


def test_a_ratio_is_to_the_dot_product_of_the_same_round() -> None:
    times = {"slow": [3.0, 60.0, 9.0], "dot": [1.0, 30.0, 2.0]}
    assert bench.ratios(times["slow"], times["dot"]) == {"median": 3.0, "q1": 2.5, "q3": 3.75}


def test_a_machine_that_gets_slower_changes_times_and_no_ratio() -> None:
    clock = Clock()
    tasks = {
        (name, version): bench.Task(_ticking(clock, takes * much, []), 11, 1.0)
        for takes, name in enumerate(CANDIDATES, 1)
        for much, version in ((1, "well"), (10, "rows"), (100, "naive"))
    }
    times = bench.measure(tasks, 5, 0.0, random.Random(3), clock=clock)
    assert times["dot", "well"] == [4, 8, 16, 32, 64]  # two warm-ups came before
    table = bench.summary(tasks, times, SIZES)
    for takes, name in enumerate(CANDIDATES, 1):
        for much, version in ((1, "well"), (10, "rows"), (100, "naive")):
            cell = table[name][version]
            assert cell["ratio"] == dict.fromkeys(["median", "q1", "q3"], takes * much)
            assert cell["ratio_alike"] == dict.fromkeys(["median", "q1", "q3"], takes)
            assert cell["time_s"] == {
                "median": bench.rounded(16 * takes * much),
                "q1": bench.rounded(8 * takes * much),
                "q3": bench.rounded(32 * takes * much),
            }
            assert (cell["pairs_measured"], cell["extrapolated"]) == (11 * 13, False)


def test_a_part_of_the_queries_counts_for_all() -> None:
    clock = Clock()

    def run() -> None:
        clock.now += 3

    times = bench.measure(
        {("dot", "naive"): bench.Task(run, 2, 5.5)}, 2, 0.0, random.Random(0), clock=clock
    )
    assert times == {("dot", "naive"): [16.5, 16.5]}


def test_a_short_task_is_repeated_and_a_round_takes_each_once_in_changing_order() -> None:
    clock, ran, waits = Clock(), [], []

    def task(name: str, takes: float) -> Any:
        def run() -> None:
            clock.now += takes
            ran.append(name)

        return bench.Task(run, 11, 1.0)

    tasks = {("dot", "well"): task("short", 0.25), ("cosine", "well"): task("long", 2.0)}
    times = bench.measure(tasks, 6, 1.0, random.Random(0), lambda: waits.append(clock.now), clock)
    assert times == {("dot", "well"): [0.25] * 6, ("cosine", "well"): [2.0] * 6}
    rounds = "".join(ran).replace("short" * 4, "S").replace("long", "L")
    assert rounds.startswith("shortshortLL")  # the warm-up
    pairs = re.findall("..", rounds.removeprefix("shortshortLL"))
    assert len(pairs) == 6
    assert set(pairs) == {"SL", "LS"}
    assert len(waits) == 2 * (2 + 2 + 6 + 6)  # before the clock starts, and before it is read


# What is written down


def _assert_form(record: dict[str, Any], sizes: tuple[int, int, int, int]) -> None:
    """Hold a record against what pages read from it."""
    n_q, n_k, _, _ = sizes
    assert record["command"].startswith("python docs/measured/why-dot-product.py")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", record["date"])
    assert record["commit"] is None or re.fullmatch("[0-9a-f]{40}", record["commit"])
    assert record["commit_dirty"] in (None, False, True)
    assert tuple(record["sizes"].values()) == sizes
    assert list(record["sizes"]) == ["n_q", "n_k", "d", "d_h"]
    assert record["dtype"] == "float32"
    assert set(record["machine"]) == {"cpu", "logical_cores", "threads", "system", "gpu"}
    assert record["machine"]["threads"] == 1
    assert set(record["versions"]) == {"python", "numpy", "numpy_blas", "torch"}
    assert set(record["results"]) == set(record["noise"]) == {"numpy", "torch", "torch_cuda"}
    assert (record["results"]["torch"] is None) == (record["versions"]["torch"] is None)
    assert (record["results"]["torch_cuda"] is None) == (record["machine"]["gpu"] is None)
    for library, table in record["results"].items():
        if table is None:
            assert record["noise"][library] is None
            continue
        _assert_spread(record["noise"][library]["ratio"])
        assert list(table) == CANDIDATES
        for row in table.values():
            assert list(row) == VERSIONS
            for version, cell in row.items():
                for key in ("time_s", "ratio", "ratio_alike"):
                    _assert_spread(cell[key])
                assert 0 < cell["pairs_measured"] <= n_q * n_k
                assert cell["extrapolated"] == (cell["pairs_measured"] < n_q * n_k)
                assert not (version == "well" and cell["extrapolated"])
        assert table["dot"]["well"]["ratio"] == {"median": 1, "q1": 1, "q3": 1}
    block = (record["block"]["queries"], record["block"]["keys"])
    assert record["counts"] == bench.counts(bench.Sizes(*sizes), block)
    names = [key for key in _keys(record) if not (key.isidentifier() and key.isascii())]
    assert names == [], "a page reads every key after a dot"


def _assert_spread(values: dict[str, float]) -> None:
    assert set(values) == {"median", "q1", "q3"}
    assert 0 < values["q1"] <= values["median"] <= values["q3"]
    assert all(value == bench.rounded(value) for value in values.values())


def _keys(value: Any) -> list[str]:
    if not isinstance(value, dict):
        return []
    return [*value, *(key for each in value.values() for key in _keys(each))]


TINY = ["--n-q", "11", "--n-k", "13", "--d", "7", "--d-h", "5", "--rounds", "2", "--least-s", "0"]


def test_a_tiny_run_writes_the_record_on_one_thread(tmp_path: Path) -> None:
    output = tmp_path / "tiny.json"
    told = {name: value for name, value in os.environ.items() if not name.endswith("_THREADS")}
    done = subprocess.run(
        [sys.executable, PROGRAM, *TINY, "--queries-rows", "3", "--output", output],
        env=told,
        capture_output=True,
        check=True,
        text=True,
        cwd=tmp_path,
    )
    record = json.loads(output.read_text("utf-8"))
    _assert_form(record, (11, 13, 7, 5))
    assert record["rounds"] == 2
    assert record["command"].endswith(f"--queries-rows 3 --output {output}")
    assert record["results"]["numpy"]["additive"]["rows"]["pairs_measured"] == 3 * 13
    assert record["results"]["numpy"]["additive"]["naive"]["pairs_measured"] == 2 * 13
    assert "additive" in done.stdout


def test_it_starts_over_with_one_thread(tmp_path: Path) -> None:
    watch = tmp_path / "sitecustomize.py"
    watch.write_text(
        "import os, sys\n"
        f"with open({str(tmp_path / 'starts')!r}, 'a') as log:\n"
        "    log.write(os.environ.get('OPENBLAS_NUM_THREADS', 'unset') + '\\n')\n",
        "utf-8",
    )
    told = {name: value for name, value in os.environ.items() if not name.endswith("_THREADS")}
    subprocess.run(
        [sys.executable, PROGRAM, "--help"],
        env=told | {"PYTHONPATH": str(tmp_path)},
        check=True,
        capture_output=True,
    )
    assert (tmp_path / "starts").read_text("utf-8").split() == ["unset", "1"]


def test_more_threads_than_one_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    output = tmp_path / "tiny.json"
    seconds = iter([0.0, 10.0])
    monkeypatch.setattr(bench, "libraries", lambda s: [])
    monkeypatch.setattr(bench.time, "process_time", lambda: next(seconds))
    with pytest.raises(SystemExit, match="one thread was to be measured"):
        bench.main([*TINY, "--output", str(output)])
    assert not output.exists()


def test_it_runs_without_torch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    output = tmp_path / "tiny.json"
    with monkeypatch.context() as without:
        without.setitem(sys.modules, "torch", None)
        found = bench.libraries(SIZES)
    assert [library.name for library in found] == ["numpy"]
    monkeypatch.setattr(bench, "libraries", lambda s: found)
    bench.main([*TINY, "--output", str(output)])
    record = json.loads(output.read_text("utf-8"))
    _assert_form(record, (11, 13, 7, 5))
    assert record["results"]["torch"] is None


def test_a_gpu_is_measured_where_there_is_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    torch = pytest.importorskip("torch", reason="torch is an extra; `make test` installs it")
    monkeypatch.setattr(torch, "set_num_threads", lambda n: None)
    if not torch.cuda.is_available():
        _pretend_a_gpu(torch, monkeypatch)
    output = tmp_path / "tiny.json"
    bench.main([*TINY, "--output", str(output)])
    record = json.loads(output.read_text("utf-8"))
    _assert_form(record, (11, 13, 7, 5))
    assert record["results"]["torch_cuda"] is not None


def test_without_git_the_commit_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    found = bench.surroundings([])
    assert (found["commit"], found["commit_dirty"]) == (None, None)


def test_the_record_that_pages_read_has_the_form_and_the_sizes() -> None:
    _assert_form(RECORD, (1000, 1000, 768, 768))
    assert RECORD["command"] == "python docs/measured/why-dot-product.py"
    assert re.fullmatch("[0-9a-f]{40}", RECORD["commit"])
    assert RECORD["rounds"] >= 20
    assert RECORD["results"]["torch"] is not None
