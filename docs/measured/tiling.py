"""Measure attention in blocks beside the whole table and PyTorch, and write it down as JSON.

Time: one head, float32, with and without causality, on one thread of one process. In each round
every version runs once, in random order; a ratio is to PyTorch's function in the same round.
Memory: what a call takes at most beside its inputs and its output, as far as NumPy allocates it.
"""

import argparse
import json
import math
import os
import random
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable, Mapping, Sequence
from importlib.util import module_from_spec, spec_from_file_location
from inspect import signature
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import torch

from attention.attention import scaled_dot_product_attention
from attention.tiling import tiled_attention

PROGRAM = Path(__file__).resolve()
DTYPE = "float32"
VERSIONS = ["tiled", "plain", "torch"]
AGAIN = "again"  # the one in blocks once more: how far equal things seem to differ
BLOCKS = {
    name: signature(tiled_attention).parameters[name].default for name in ("block_q", "block_k")
}


def _neighbour(stem: str) -> ModuleType:
    """Return another program of this folder, which lends its clock."""
    spec = spec_from_file_location(stem.replace("-", "_"), PROGRAM.with_name(f"{stem}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look themselves up there
    spec.loader.exec_module(module)
    return module


clock = _neighbour("why-dot-product")


def arrays_of(n: int, d: int, rng: np.random.Generator) -> list[Any]:
    """Draw queries, keys and values of one head."""
    return [rng.standard_normal((n, d)).astype(DTYPE) for _ in range(3)]


# Time


def versions_of(arrays: Sequence[Any], is_causal: bool) -> dict[str, Callable[[], Any]]:
    """Return the three ways to compute the same; PyTorch's wants axes of batch and heads."""
    tensors = [torch.from_numpy(each)[None, None] for each in arrays]
    fused = torch.nn.functional.scaled_dot_product_attention
    return {
        "tiled": lambda: tiled_attention(*arrays, is_causal=is_causal),
        "plain": lambda: scaled_dot_product_attention(*arrays, is_causal=is_causal),
        "torch": lambda: fused(*tensors, is_causal=is_causal),
    }


def name_of(n: int, is_causal: bool) -> str:
    """Return the key of a cell."""
    return f"n{n}_{'causal' if is_causal else 'full'}"


def times_of(options: argparse.Namespace, rng: np.random.Generator) -> dict[str, Any]:
    """Time every version of every cell."""
    tasks = {}
    for n in options.lengths:
        arrays = arrays_of(n, options.d, rng)
        for is_causal in (False, True):
            for version, run in versions_of(arrays, is_causal).items():
                tasks[version, name_of(n, is_causal)] = clock.Task(run, n, 1.0)
            again = tasks["tiled", name_of(n, is_causal)]
            tasks[AGAIN, name_of(n, is_causal)] = again
    times = clock.measure(tasks, options.rounds, options.least_s, random.Random(options.seed))
    return time_table(times, options.lengths)


def time_table(
    times: Mapping[tuple[str, str], list[float]], lengths: Sequence[int]
) -> dict[str, Any]:
    """Return times and ratios as they are written down."""
    table = {}
    for n in lengths:
        for is_causal in (False, True):
            cell = name_of(n, is_causal)
            own = {version: times[version, cell] for version in [*VERSIONS, AGAIN]}
            table[cell] = {
                "n": n,
                "is_causal": is_causal,
                "time_s": {version: clock.spread(own[version]) for version in VERSIONS},
                "ratio": {v: clock.ratios(own[v], own["torch"]) for v in ("tiled", "plain")},
                "noise": clock.ratios(own[AGAIN], own["tiled"]),
            }
    return table


# Memory


def extra_bytes(attend: Callable[..., Any], arrays: Sequence[Any]) -> int:
    """Return how much memory a call takes at most, beside its inputs and its output."""
    tracemalloc.start()
    try:
        output = attend(*arrays)
        return tracemalloc.get_traced_memory()[1] - int(output.nbytes)
    finally:
        tracemalloc.stop()


def slope(lengths: Sequence[int], sizes: Sequence[int]) -> float:
    """Return the exponent of n by which sizes grow: the straight line through the logarithms.

    Examples:
        >>> slope([10, 100, 1000], [5, 500, 50000])
        2.0
    """
    logs = [[math.log(each) for each in values] for values in (lengths, sizes)]
    return clock.rounded(statistics.linear_regression(*logs).slope)  # type: ignore[no-any-return]


def memory_of(options: argparse.Namespace, rng: np.random.Generator) -> dict[str, Any]:
    """Return what both versions take at each length, and how that grows."""
    versions = {"tiled": tiled_attention, "plain": scaled_dot_product_attention}
    warm = arrays_of(2, options.d, rng)
    table: dict[str, Any] = {}
    for n in options.memory_lengths:
        arrays = arrays_of(n, options.d, rng)
        row = {"n": n, "scores_bytes": clock.BYTES * n * n, "output_bytes": arrays[0].nbytes}
        for version, attend in versions.items():
            attend(*warm)  # so that nothing is imported meanwhile
            row[f"{version}_bytes"] = extra_bytes(attend, arrays)
        table[f"n{n}"] = row
    rows = list(table.values())
    table["slope"] = {
        version: slope([row["n"] for row in rows], [row[f"{version}_bytes"] for row in rows])
        for version in versions
    }
    return table


# The program


def arguments_of(given: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--d", type=int, default=64, help="width of a query, a key and a value")
    parser.add_argument("--lengths", type=int, nargs="+", default=[1024, 2048, 4096])
    parser.add_argument(
        "--memory-lengths", type=int, nargs="+", default=[512, 1024, 2048, 4096, 8192]
    )
    parser.add_argument("--rounds", type=int, default=25, help="at least 2")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--least-s", type=float, default=0.03, help="seconds a timing takes")
    parser.add_argument("--output", type=Path, default=PROGRAM.with_suffix(".json"))
    return parser.parse_args(given)


def main(given: Sequence[str] | None = None) -> None:
    """Measure, write the JSON, print the ratios."""
    options = arguments_of(given)
    torch.set_num_threads(1)
    rng = np.random.default_rng(options.seed)
    wall_s, cpu_s = time.perf_counter(), time.process_time()
    times = times_of(options, rng)
    memory = memory_of(options, rng)
    wall_s, cpu_s = time.perf_counter() - wall_s, time.process_time() - cpu_s
    if cpu_s > 1.1 * wall_s + 0.1:
        raise SystemExit(f"one thread was to be measured; {cpu_s / wall_s:.2f} were at work")
    library = clock.Library("torch", torch, torch.from_numpy, (1, 1))
    record = {
        "command": " ".join(["python", PROGRAM.relative_to(clock.ROOT).as_posix(), *(given or [])]),
        **clock.surroundings([library]),
        "sizes": {"d": options.d, **BLOCKS},
        "dtype": DTYPE,
        "rounds": options.rounds,
        "seconds": clock.rounded(wall_s),
        "time": times,
        "memory": memory,
    }
    options.output.write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", "utf-8")
    for cell, row in times.items():
        print(cell, row["ratio"], "again", row["noise"])
    print("slope", memory["slope"])


if __name__ == "__main__":
    if any(os.environ.get(name) != "1" for name in clock.THREADS):
        # The libraries ask once, when they are loaded: set it, and start over.
        os.execve(sys.executable, sys.orig_argv, os.environ | clock.THREADS)
    main(sys.argv[1:])
