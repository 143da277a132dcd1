"""Measure a decoding step with and without a cache, and write it down as JSON.

One attention layer writes token number t. Without a cache all t tokens pass through it, with one
the newest alone. In each round every step runs once, in random order, on one thread of one
process; a ratio is to the cached step of the same round. A slow machine thus slows both.
"""

import argparse
import importlib.util
import json
import os
import random
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

from attention.kv_cache import KVCache, cached_attention
from attention.multi_head import join_heads, multi_head_attention, split_heads
from attention.qkv import linear

PROGRAM = Path(__file__).resolve()
DTYPE = "float32"
VERSIONS = ["cached", "uncached"]
AGAIN = "again"  # the cached step once more: how far equal things seem to differ


def _neighbour(stem: str) -> ModuleType:
    """Return another program of this folder, which lends its clock."""
    spec = importlib.util.spec_from_file_location(
        stem.replace("-", "_"), PROGRAM.with_name(f"{stem}.py")
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look themselves up there
    spec.loader.exec_module(module)
    return module


clock = _neighbour("why-dot-product")


class Layer(NamedTuple):
    """One attention layer with as many heads of keys and values as of queries."""

    w_q: Any  # (d_model, d_model), as are the others
    w_k: Any
    w_v: Any
    w_o: Any
    n_heads: int


def layer_of(d_model: int, n_heads: int, rng: np.random.Generator) -> Layer:
    """Draw parameters that keep the variance of what they are given."""
    weights = rng.standard_normal((4, d_model, d_model)).astype(DTYPE) / np.float32(d_model**0.5)
    return Layer(*weights, n_heads)


def uncached_step(layer: Layer, x: Any) -> Callable[[], Any]:
    """Return the step that sends all t tokens of x through the layer."""
    return lambda: multi_head_attention(x, *layer[:4], n_heads=layer.n_heads, is_causal=True)


def cached_step(layer: Layer, x: Any) -> Callable[[], Any]:
    """Return the step that sends the last token of x through the layer, the others cached."""
    n_heads, d_head = layer.n_heads, x.shape[-1] // layer.n_heads
    cache = KVCache.empty((), n_heads, len(x), d_head, d_head, like=x)
    past, newest = x[:-1], x[-1:]
    cache.append(
        split_heads(linear(past, layer.w_k), n_heads), split_heads(linear(past, layer.w_v), n_heads)
    )

    def step() -> Any:
        cache.truncate(len(past))
        query, key, value = (split_heads(linear(newest, weight), n_heads) for weight in layer[:3])
        return linear(join_heads(cached_attention(query, key, value, cache)), layer.w_o)

    return step


def flops(t: int, d_model: int) -> dict[str, int]:
    """Count the operations of the projections, the scores and the mixtures at step t."""
    return {
        "cached": 8 * d_model**2 + 4 * t * d_model,
        "uncached": 8 * t * d_model**2 + 4 * t**2 * d_model,
    }


def tasks_of(layer: Layer, x: Any, steps: Sequence[int]) -> dict[tuple[str, str], Any]:
    """Return both versions of every step, and the cached one twice."""
    tasks = {}
    for t in steps:
        cached = clock.Task(cached_step(layer, x[:t]), 1, 1.0)
        tasks["cached", str(t)] = tasks[AGAIN, str(t)] = cached
        tasks["uncached", str(t)] = clock.Task(uncached_step(layer, x[:t]), t, 1.0)
    return tasks


def summary(
    times: Mapping[tuple[str, str], list[float]], steps: Sequence[int], d_model: int
) -> dict[str, Any]:
    """Return times and ratios as they are written down."""
    table = {}
    for t in steps:
        base, counted = times["cached", str(t)], flops(t, d_model)
        table[f"t{t}"] = {
            "t": t,
            "flops": counted,
            "flops_ratio": counted["uncached"] / counted["cached"],
            "time_s": {v: clock.spread(times[v, str(t)]) for v in VERSIONS},
            "ratio": clock.ratios(times["uncached", str(t)], base),
            "noise": clock.ratios(times[AGAIN, str(t)], base),
        }
    return table


def measured(d_model: int, options: argparse.Namespace) -> dict[str, Any]:
    """Time a layer of this width at every step."""
    rng = np.random.default_rng(options.seed)
    layer = layer_of(d_model, options.n_heads, rng)
    x = rng.standard_normal((max(options.steps), d_model)).astype(DTYPE)
    tasks = tasks_of(layer, x, options.steps)
    times = clock.measure(tasks, options.rounds, options.least_s, random.Random(options.seed))
    return summary(times, options.steps, d_model)


def arguments_of(given: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--d-model", type=int, default=768)
    parser.add_argument("--n-heads", type=int, default=12)
    parser.add_argument("--steps", type=int, nargs="+", default=[2, 16, 128, 512, 1024])
    parser.add_argument("--small", type=int, default=48, help="width of a small layer")
    parser.add_argument("--rounds", type=int, default=25, help="at least 2")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--least-s", type=float, default=0.03, help="seconds a timing takes")
    parser.add_argument("--output", type=Path, default=PROGRAM.with_suffix(".json"))
    return parser.parse_args(given)


def main(given: Sequence[str] | None = None) -> None:
    """Measure, write the JSON, print the ratios."""
    options = arguments_of(given)
    widths = {"results": options.d_model, "small": options.small}
    wall_s, cpu_s = time.perf_counter(), time.process_time()
    found = {name: measured(width, options) for name, width in widths.items()}
    wall_s, cpu_s = time.perf_counter() - wall_s, time.process_time() - cpu_s
    if cpu_s > 1.1 * wall_s + 0.1:
        raise SystemExit(f"one thread was to be measured; {cpu_s / wall_s:.2f} were at work")
    record = {
        "command": " ".join(["python", PROGRAM.relative_to(clock.ROOT).as_posix(), *(given or [])]),
        **clock.surroundings([]),
        "sizes": {"d_model": options.d_model, "n_heads": options.n_heads, "small": options.small},
        "dtype": DTYPE,
        "rounds": options.rounds,
        "seconds": clock.rounded(wall_s),
        **found,
    }
    options.output.write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", "utf-8")
    for name in widths:
        for row in record[name].values():
            print(name, row["t"], row["ratio"], "again", row["noise"])


if __name__ == "__main__":
    if any(os.environ.get(name) != "1" for name in clock.THREADS):
        # The libraries ask once, when they are loaded: set it, and start over.
        os.execve(sys.executable, sys.orig_argv, os.environ | clock.THREADS)
    main(sys.argv[1:])
