"""Measure what each score function costs beside the dot product, and write it down as JSON.

Run it with ``make bench``. Every candidate is written three times: ``naive`` takes one pair after
the other, ``rows`` one query after the other, and ``well`` all at once, as this package does.
In each round every one of them runs once, in random order, on one thread of one process; its
ratio is to the dot product of the same round, written well. A slow machine thus slows both.
"""

import argparse
import json
import math
import os
import platform
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from attention.qkv import linear
from attention.scaling import scale_scores
from attention.score_functions import (
    bilinear_scores,
    cosine_scores,
    negative_squared_distance_scores,
)
from attention.scores import dot_product_scores

Array = Any
Formula = Callable[[Array, Array], Array]

PROGRAM = Path(__file__).resolve()
ROOT = PROGRAM.parents[2]
DTYPE = "float32"
BYTES = 4
THREADS = dict.fromkeys(
    ["OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"], "1"
)
CANDIDATES = ["dot", "scaled_dot", "cosine", "distance", "bilinear", "additive"]
VERSIONS = ["well", "rows", "naive"]
AGAIN = ("again", "well")  # the dot product once more: how far equal things seem to differ


class Sizes(NamedTuple):
    """How many queries and keys there are, how wide they are, and how many hidden units."""

    n_q: int
    n_k: int
    d: int
    d_h: int


class Parameters(NamedTuple):
    """What is learned: the bilinear matrix, and the three of the additive score."""

    between: Array  # (d, d)
    query: Array  # (d, d_h)
    key: Array  # (d, d_h)
    score: Array  # (d_h,)


# The candidates


def plain_formulas(xp: Any, w: Parameters) -> dict[str, Formula]:
    """Score one query, (d,), against one key, (d,), or against all keys, (n_k, d)."""
    return {
        "dot": lambda q, k: k @ q,
        "scaled_dot": lambda q, k: k @ q / len(q) ** 0.5,
        "cosine": lambda q, k: k @ q / ((k * k).sum(-1) * (q @ q)) ** 0.5,
        "distance": lambda q, k: -((k - q) ** 2).sum(-1),
        "bilinear": lambda q, k: k @ (q @ w.between),
        "additive": lambda q, k: xp.tanh(q @ w.query + k @ w.key) @ w.score,
    }


def pair_by_pair(formula: Formula, query: Array, key: Array, scores: Array) -> Array:
    """Fill ``scores`` with two loops: what depends on q alone is computed anew for each k."""
    for i, q in enumerate(query):
        for j, k in enumerate(key):
            scores[i, j] = formula(q, k)
    return scores


def query_by_query(formula: Formula, query: Array, key: Array, scores: Array) -> Array:
    """Fill ``scores`` with one loop: what depends on k alone is computed anew for each q."""
    for i, q in enumerate(query):
        scores[i] = formula(q, key)
    return scores


def additive_in_blocks(
    xp: Any, query: Array, key: Array, w: Parameters, scores: Array, block: tuple[int, int]
) -> Array:
    """Project each row once, and hold the hidden units of one block of pairs at a time."""
    asked, offered = linear(query, w.query), linear(key, w.key)
    rows, columns = block
    for i in range(0, len(asked), rows):
        for j in range(0, len(offered), columns):
            hidden = xp.tanh(asked[i : i + rows, None] + offered[None, j : j + columns])
            scores[i : i + rows, j : j + columns] = hidden @ w.score
    return scores


# What they need, by counting


def counts(s: Sizes, block: tuple[int, int]) -> dict[str, Any]:
    """Count parameters, operations and bytes of each candidate.

    FLOPs are additions, multiplications, divisions and roots, one each, so that a sum of m
    products has 2 m; tanh is counted apart. Intermediates are what a candidate written well
    holds between its inputs and its result, apart from copies that a library makes on its way.
    """
    n_q, n_k, d, d_h = s
    pairs = n_q * n_k
    flops = {
        "dot": {"well": 2 * pairs * d, "rows": 2 * pairs * d, "naive": 2 * pairs * d},
        "scaled_dot": dict.fromkeys(VERSIONS, pairs * (2 * d + 1)),
        "cosine": {
            "well": 2 * pairs * d + (n_q + n_k) * (3 * d + 1),
            "rows": pairs * (4 * d + 3) + n_q * 2 * d,
            "naive": pairs * (6 * d + 3),
        },
        "distance": {
            "well": pairs * (2 * d + 3) + (n_q + n_k) * 2 * d,
            "rows": pairs * (3 * d + 1),
            "naive": pairs * (3 * d + 1),
        },
        "bilinear": {
            "well": 2 * n_q * d * d + 2 * pairs * d,
            "rows": 2 * n_q * d * d + 2 * pairs * d,
            "naive": pairs * (2 * d * d + 2 * d),
        },
        "additive": {
            "well": 2 * (n_q + n_k) * d * d_h + 3 * pairs * d_h,
            "rows": 2 * (n_q + pairs) * d * d_h + 3 * pairs * d_h,
            "naive": pairs * (4 * d * d_h + 3 * d_h),
        },
    }
    parameters = {"bilinear": d * d, "additive": 2 * d * d_h + d_h}
    hidden = min(block[0], n_q) * min(block[1], n_k) * d_h
    intermediates = {
        "cosine": (n_q + n_k) * d,  # the rows of length 1
        "distance": n_q + n_k,  # the squared lengths
        "bilinear": n_q * d,  # the queries after the matrix
        "additive": (n_q + n_k) * d_h + hidden,
    }
    table: dict[str, Any] = {
        name: {
            "parameters": parameters.get(name, 0),
            "tanh": pairs * d_h if name == "additive" else 0,
            "flops": flops[name],
            "flops_ratio": {
                version: rounded(flops[name][version] / flops["dot"]["well"])
                for version in VERSIONS
            },
            "result_bytes": BYTES * pairs,
            "intermediate_bytes": BYTES * intermediates.get(name, 0),
        }
        for name in CANDIDATES
    }
    table["additive"]["hidden_bytes"] = BYTES * pairs * d_h  # without blocks
    return table


# What they take, by the clock


@dataclass(frozen=True)
class Library:
    """An array library on one device.

    Attributes:
        name: its key in the results.
        xp: its functions.
        array: moves a NumPy array to it.
        block: how many queries and keys the additive score takes at a time: few enough for the
            hidden units to stay in a core's cache, or many enough to fill a GPU.
        synchronise: waits until the device has done what it was asked for.
    """

    name: str
    xp: Any
    array: Callable[[np.ndarray[Any, Any]], Array]
    block: tuple[int, int]
    synchronise: Callable[[], object] = lambda: None


@dataclass(frozen=True)
class Task:
    """One version of one candidate, ready to run.

    Attributes:
        run: does the work and returns the scores.
        queries: how many of the queries it takes.
        scale: how many times as much work all the queries are.
    """

    run: Callable[[], Array]
    queries: int
    scale: float


def libraries(s: Sizes) -> list[Library]:
    """Return NumPy, and PyTorch on the processor and on a GPU where there are such."""
    block = (1, 128)
    found = [Library("numpy", np, np.asarray, block)]
    try:
        import torch  # noqa: PLC0415 - not everybody has it
    except ModuleNotFoundError:
        return found
    torch.set_num_threads(1)
    found.append(Library("torch", torch, torch.from_numpy, block))
    if torch.cuda.is_available():
        put = lambda a: torch.from_numpy(a).cuda()  # noqa: E731
        found.append(Library("torch_cuda", torch, put, (64, s.n_k), torch.cuda.synchronize))
    return found


def inputs(s: Sizes, seed: int) -> tuple[Array, Array, Parameters]:
    """Draw queries, keys and parameters; these keep the variance of what they are given."""
    rng = np.random.default_rng(seed)

    def normal(*shape: int) -> Array:
        return rng.standard_normal(shape).astype(DTYPE)

    query, key = normal(s.n_q, s.d), normal(s.n_k, s.d)
    between, w_query, w_key = (normal(s.d, width) for width in (s.d, s.d_h, s.d_h))
    root = np.float32(math.sqrt(s.d))
    w_score = normal(s.d_h) / np.float32(math.sqrt(s.d_h))
    return query, key, Parameters(between / root, w_query / root, w_key / root, w_score)


def tasks_of(
    library: Library, s: Sizes, drawn: tuple[Array, Array, Parameters], queries: Mapping[str, int]
) -> dict[tuple[str, str], Task]:
    """Return every version of every candidate; loops take only the first queries."""
    xp, put = library.xp, library.array
    query, key = put(drawn[0]), put(drawn[1])
    w = Parameters(*map(put, drawn[2]))

    def scores(n_q: int = s.n_q) -> Array:
        return xp.empty((n_q, s.n_k), dtype=query.dtype, device=query.device)

    well: dict[str, Callable[[], Array]] = {
        "dot": lambda: dot_product_scores(query, key),
        "scaled_dot": lambda: scale_scores(dot_product_scores(query, key), s.d),
        "cosine": lambda: cosine_scores(query, key),
        "distance": lambda: negative_squared_distance_scores(query, key),
        "bilinear": lambda: bilinear_scores(query, key, w.between),
        "additive": lambda: additive_in_blocks(xp, query, key, w, scores(), library.block),
    }
    tasks = {(name, "well"): Task(run, s.n_q, 1.0) for name, run in well.items()}
    tasks[AGAIN] = tasks["dot", "well"]
    for version, loop in (("rows", query_by_query), ("naive", pair_by_pair)):
        few = min(queries[version], s.n_q)
        for name, formula in plain_formulas(xp, w).items():

            def run(loop: Any = loop, formula: Formula = formula, few: int = few) -> Array:
                return loop(formula, query[:few], key, scores(few))

            tasks[name, version] = Task(run, few, s.n_q / few)
    return tasks


def measure(
    tasks: Mapping[tuple[str, str], Task],
    rounds: int,
    least_s: float,
    order: random.Random,
    synchronise: Callable[[], object] = lambda: None,
    clock: Callable[[], float] = time.perf_counter,
) -> dict[tuple[str, str], list[float]]:
    """Return the seconds that all queries take, round by round.

    A round takes every task once, in random order. A short one is repeated until ``least_s``
    seconds have gone by, as far as the warm-up could tell.
    """

    def seconds(task: Task, calls: int) -> float:
        synchronise()
        start = clock()
        for _ in range(calls):
            task.run()
        synchronise()
        return (clock() - start) / calls

    calls = {}
    for name, task in tasks.items():
        seconds(task, 1)
        calls[name] = max(1, math.ceil(least_s / max(seconds(task, 1), 1e-9)))
    times: dict[tuple[str, str], list[float]] = {name: [] for name in tasks}
    for _ in range(rounds):
        for name in order.sample(list(tasks), len(tasks)):
            times[name].append(seconds(tasks[name], calls[name]) * tasks[name].scale)
    return times


def rounded(value: float) -> float:
    """Keep four significant digits.

    Examples:
        >>> rounded(1234567.0), rounded(0.00123456)
        (1235000.0, 0.001235)
    """
    return float(f"{value:.4g}")


def spread(values: Sequence[float]) -> dict[str, float]:
    """Return median and quartiles."""
    q1, median, q3 = statistics.quantiles(values, n=4, method="inclusive")
    return {"median": rounded(median), "q1": rounded(q1), "q3": rounded(q3)}


def ratios(times: Sequence[float], base: Sequence[float]) -> dict[str, float]:
    """Return median and quartiles of the ratios within each round."""
    return spread([time_s / base_s for time_s, base_s in zip(times, base, strict=True)])


def summary(
    tasks: Mapping[tuple[str, str], Task], times: Mapping[tuple[str, str], list[float]], s: Sizes
) -> dict[str, Any]:
    """Return times and ratios as they are written down.

    ``ratio`` is to the dot product written well, ``ratio_alike`` to the one written alike.
    """
    table: dict[str, Any] = {}
    for name in CANDIDATES:
        table[name] = {}
        for version in VERSIONS:
            own, task = times[name, version], tasks[name, version]
            table[name][version] = {
                "time_s": spread(own),
                "ratio": ratios(own, times["dot", "well"]),
                "ratio_alike": ratios(own, times["dot", version]),
                "pairs_measured": task.queries * s.n_k,
                "extrapolated": task.queries < s.n_q,
            }
    return table


# What it was measured on


def asked_of_git(*arguments: str) -> str | None:
    """Return what git says, or None where there is no git or no repository."""
    try:
        done = subprocess.run(
            ["git", *arguments], cwd=ROOT, capture_output=True, check=True, text=True
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()


def cpu_name() -> str:
    """Return the model of the processor."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text("utf-8").splitlines() if info.is_file() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.processor() or platform.machine()


def surroundings(found: Sequence[Library]) -> dict[str, Any]:
    """Return date, commit, machine and versions."""
    changed = asked_of_git(
        "status", "--porcelain", "--", "src/attention", "docs/measured", ":!docs/measured/*.json"
    )
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    torch = next((library.xp for library in found if library.name == "torch"), None)
    gpu = any(library.name == "torch_cuda" for library in found)
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "commit": asked_of_git("rev-parse", "HEAD"),
        "commit_dirty": None if changed is None else bool(changed),
        "machine": {
            "cpu": cpu_name(),
            "logical_cores": os.cpu_count(),
            "threads": 1,
            "system": f"{platform.system()} {platform.machine()}",
            "gpu": torch.cuda.get_device_name() if torch and gpu else None,
        },
        "versions": {
            "python": platform.python_version(),
            "numpy": np.__version__,
            "numpy_blas": f"{blas['name']} {blas['version']}",
            "torch": str(torch.__version__) if torch else None,
        },
    }


# The program


def arguments_of(given: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--n-q", type=int, default=1000, help="queries")
    parser.add_argument("--n-k", type=int, default=1000, help="keys")
    parser.add_argument("--d", type=int, default=768, help="width of a query and of a key")
    parser.add_argument("--d-h", type=int, default=768, help="hidden units of the additive score")
    parser.add_argument("--rounds", type=int, default=25, help="at least 2")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--least-s", type=float, default=0.03, help="seconds a timing takes")
    parser.add_argument("--queries-rows", type=int, default=20, help="how many `rows` measures")
    parser.add_argument("--queries-naive", type=int, default=2, help="how many `naive` measures")
    parser.add_argument("--output", type=Path, default=PROGRAM.with_suffix(".json"))
    return parser.parse_args(given)


def main(given: Sequence[str] | None = None) -> None:
    """Measure, write the JSON, print the medians."""
    options = arguments_of(given)
    s = Sizes(options.n_q, options.n_k, options.d, options.d_h)
    found = libraries(s)
    order = random.Random(options.seed)
    drawn = inputs(s, options.seed)
    queries = {"rows": options.queries_rows, "naive": options.queries_naive}
    results: dict[str, Any] = dict.fromkeys(["numpy", "torch", "torch_cuda"])
    noise = dict(results)
    wall_s, cpu_s = time.perf_counter(), time.process_time()
    for library in found:
        tasks = tasks_of(library, s, drawn, queries)
        times = measure(tasks, options.rounds, options.least_s, order, library.synchronise)
        results[library.name] = summary(tasks, times, s)
        noise[library.name] = {"ratio": ratios(times[AGAIN], times["dot", "well"])}
    wall_s, cpu_s = time.perf_counter() - wall_s, time.process_time() - cpu_s
    if cpu_s > 1.1 * wall_s + 0.1:
        raise SystemExit(f"one thread was to be measured; {cpu_s / wall_s:.2f} were at work")
    record = {
        "command": " ".join(["python", PROGRAM.relative_to(ROOT).as_posix(), *(given or [])]),
        **surroundings(found),
        "sizes": s._asdict(),
        "dtype": DTYPE,
        "rounds": options.rounds,
        "seconds": rounded(wall_s),
        "block": {"queries": found[0].block[0], "keys": found[0].block[1]},
        "counts": counts(s, found[0].block),
        "noise": noise,
        "results": results,
    }
    text = json.dumps(record, indent=2, ensure_ascii=False)
    options.output.write_text(text + "\n", "utf-8")
    show(record)


def show(record: Mapping[str, Any]) -> None:
    """Print how many times as long as the dot product each takes."""
    for library, table in record["results"].items():
        if table is None:
            continue
        print(f"{library:12}", *(f"{version:>24}" for version in VERSIONS))
        for name in CANDIDATES:
            cells = [table[name][version]["ratio"] for version in VERSIONS]
            texts = [f"{r['median']:g} ({r['q1']:g} to {r['q3']:g})" for r in cells]
            print(f"  {name:10}", *(f"{text:>24}" for text in texts))
        print("  dot again ", record["noise"][library]["ratio"])


if __name__ == "__main__":
    if any(os.environ.get(name) != "1" for name in THREADS):
        # The libraries ask once, when they are loaded: set it, and start over.
        os.execve(sys.executable, sys.orig_argv, os.environ | THREADS)
    main(sys.argv[1:])
