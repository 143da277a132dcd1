"""Measure ceilings, prefill, decoding and memory: the kernels beside PyTorch's backends."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from attention.gpu.bench._device import Cpu, Cuda
from attention.gpu.bench._kernels import BACKENDS, Kernels, torch_attention, why_refused
from attention.gpu.bench._record import BrokenDeviceError
from attention.gpu.bench._sizes import Sizes
from attention.gpu.bench._timing import (
    Prepared,
    measure,
    prepare,
    ratios,
    rounded,
    spread,
    text_of,
    timed,
)

Cells = list[tuple[str, Callable[[], Any]]]
CAPTURED_BYTES = 2 * 10**9  # what allocates more runs so long that Python's launches cost nothing
REPLAY_S = 2e-3


@dataclass
class Bench:
    """What every cell needs.

    Attributes:
        device: what is measured.
        kernels: the functions of this package.
        sizes: how much is measured.
        seed: from which inputs and the order of the candidates are drawn.
        broke: candidates that made the device useless before: they are left out.
        expired: whether the time of this section is over.
    """

    device: Cuda | Cpu
    kernels: Kernels
    sizes: Sizes
    seed: int
    broke: dict[str, str]
    expired: Callable[[], bool]

    def normal(self, *shape: int, dtype: torch.dtype | None = None, number: int = 0) -> Tensor:
        """Draw a Gaussian tensor."""
        generator = torch.Generator(self.device.name).manual_seed(self.seed * 7919 + number)
        dtype = dtype or torch.bfloat16
        return torch.randn(shape, generator=generator, device=self.device.name, dtype=dtype)

    def order(self, cell: str) -> random.Random:
        """Return what draws the order of the candidates."""
        return random.Random(f"{self.seed} {cell}")  # noqa: S311 - an order, no secret


@dataclass
class Candidate:
    """Something to be timed.

    Attributes:
        launch: launches it once on one set of buffers.
        needs_bytes: what it allocates, as far as it is known beforehand.
    """

    launch: Callable[[int], object]
    needs_bytes: float = 0.0


def timed_beside(
    bench: Bench, cell: str, candidates: dict[str, Candidate], n_sets: int
) -> tuple[dict[str, list[float]], dict[str, str], dict[str, str]]:
    """Time candidates beside each other; say why not of those that do not run.

    Returns:
        Seconds by candidate, round by round; why not, by candidate; and how they were launched
        where they were not captured.

    Raises:
        BrokenDeviceError: if one made the device useless.
    """
    device, prepared, why_not, notes = bench.device, dict[str, Prepared](), {}, {}
    with torch.no_grad():
        for name, candidate in candidates.items():
            who = f"{cell}/{name}"
            if who in bench.broke:
                why_not[name] = bench.broke[who]
                continue
            if candidate.needs_bytes > device.most_bytes:
                why_not[name] = f"needs {candidate.needs_bytes / 1e9:.0f} GB"
                continue
            launch = candidate.launch

            def once(launch: Callable[[int], object] = launch) -> None:
                launch(0)
                device.synchronise()

            refused = why_refused(once)
            if refused is None:
                device.free()
                capture = candidate.needs_bytes < CAPTURED_BYTES
                try:
                    # What allocates much passes the cache by itself.
                    in_turn = n_sets if capture else 1
                    ready = prepare(device, launch, in_turn, REPLAY_S, capture=capture)
                    prepared[name] = ready
                    if not ready.captured:
                        notes[name] = ready.why_not_captured or "launched by Python"
                except Exception as error:  # noqa: BLE001 - the next candidate may do
                    refused = text_of(error)
            if refused is not None:
                why_not[name] = refused
                if device.broken():
                    raise BrokenDeviceError(who, refused)
                device.free()
        if not prepared:
            return {}, why_not, notes
        times = measure(device, prepared, bench.sizes.rounds, bench.order(cell), bench.expired)
    return times, why_not, notes


def beside_backends(times: dict[str, list[float]]) -> dict[str, Any]:
    """Return the times as written, the best backend, and how ours stands to it."""
    best = min(
        (name for name in BACKENDS if name in times),
        key=lambda name: spread(times[name])["median"],
        default=None,
    )
    both = best is not None and "ours" in times
    names = ["ours", "again", *BACKENDS]
    return {
        "time_s": {name: spread(times[name]) if name in times else None for name in names},
        "best": best,
        "of_best": spread(ratios(times[best], times["ours"])) if best and both else None,
        "time_of_best": spread(ratios(times["ours"], times[best])) if best and both else None,
        "noise": ratios(times["again"], times["ours"]) if {"again", "ours"} <= set(times) else [],
    }


# Ceilings


def ceiling_cells(bench: Bench) -> Cells:
    """Measure how fast memory is copied, and how fast large matrices are multiplied."""
    device, sizes, n = bench.device, bench.sizes, bench.sizes.product

    def ceilings() -> dict[str, Any]:
        sources = [
            bench.normal(sizes.copied_bytes // 4, dtype=torch.float32, number=i) for i in range(2)
        ]
        target = torch.empty_like(sources[0])
        a, b = (bench.normal(n, n, number=number) for number in range(2))
        out = torch.empty_like(a)
        launches: dict[str, Callable[[int], object]] = {
            "copied": lambda number: target.copy_(sources[number]),
            "negated": lambda number: torch.neg(sources[number], out=target),
            "product": lambda _: torch.matmul(a, b, out=out),
        }
        # Beside each other, as the candidates of a cell: a chip that only multiplies slows down.
        ready = {
            name: prepare(device, launch, 2, REPLAY_S, capture=name != "copied")
            for name, launch in launches.items()
        }
        times = measure(device, ready, 2 * sizes.rounds, bench.order("ceilings"))
        moved = 2 * sizes.copied_bytes  # read once, written once
        # The driver's own copy, or the simplest kernel: whichever is faster.
        copies = min((times["copied"], times["negated"]), key=lambda t: spread(t)["median"])
        return {
            "copy_tb_s": spread([moved / time_s / 1e12 for time_s in copies]),
            "matmul_tflop_s": spread([2 * n**3 / t / 1e12 for t in times["product"]]),
        }

    return [("ceilings", ceilings)]


# Prefill


def math_bytes(scores: float, others: float = 0.0) -> float:
    """Estimate what unfused attention holds: scores and weights in float32, twice, and a mask."""
    return 13 * scores + others


def prefill_cell(bench: Bench, d: int, n: int, *, is_causal: bool) -> dict[str, Any]:
    """Time attention of many queries on equally many keys."""
    sizes, kernels = bench.sizes, bench.kernels
    batch, n_heads = sizes.prefill_tokens // n, sizes.prefill_width // d
    shape = (batch, n_heads, n, d)
    set_bytes = 3 * 2 * batch * n_heads * n * d
    n_sets = max(2, -(-bench.device.rotated_bytes // set_bytes))
    sets = [tuple(bench.normal(*shape, number=3 * s + i) for i in range(3)) for s in range(n_sets)]
    flops = 4 * batch * n_heads * n * n * d // (2 if is_causal else 1)

    def ours(number: int) -> object:
        return kernels.flash_attention(*sets[number], is_causal=is_causal)

    candidates = {"ours": Candidate(ours), "again": Candidate(ours)}
    for backend in BACKENDS:

        def theirs(number: int, backend: str = backend) -> object:
            return torch_attention(backend, *sets[number], is_causal=is_causal)

        needs = math_bytes(batch * n_heads * n * n, 3 * set_bytes) if backend == "math" else 0
        candidates[backend] = Candidate(theirs, needs)
    name = prefill_name(d, n, is_causal=is_causal)
    times, why_not, notes = timed_beside(bench, name, candidates, n_sets)
    found = beside_backends(times)
    del found["time_of_best"]
    return {
        "d": d,
        "n": n,
        "batch": batch,
        "n_heads": n_heads,
        "n_kv_heads": n_heads,
        "is_causal": is_causal,
        "flops": flops,
        "config": kernels.configuration(d, torch.bfloat16)._asdict(),
        **found,
        "tflop_s": {
            key: rounded(flops / time["median"] / 1e12) if time else None
            for key, time in found["time_s"].items()
        },
        "why_not": why_not,
        "not_captured": notes,
        "sets": n_sets,
        "rounds": len(times.get("ours", [])),
    }


def prefill_name(d: int, n: int, *, is_causal: bool) -> str:
    """Return the key of a cell."""
    return f"d{d}_{'causal' if is_causal else 'full'}_n{n}"


def prefill_cells(bench: Bench) -> Cells:
    """Return all prefills: the longest texts first, since these say the most."""
    cells: Cells = []
    for n in sorted(bench.sizes.prefill_lengths, reverse=True):
        for d in bench.sizes.prefill_d:
            for is_causal in (True, False):

                def run(d: int = d, n: int = n, is_causal: bool = is_causal) -> dict[str, Any]:
                    return prefill_cell(bench, d, n, is_causal=is_causal)

                cells.append((prefill_name(d, n, is_causal=is_causal), run))
    return cells


# Decoding


def decode_cell(bench: Bench, batch: int, n: int) -> dict[str, Any]:
    """Time attention of one query a sequence on its cache."""
    sizes, kernels = bench.sizes, bench.kernels
    n_heads, n_kv_heads, d = sizes.decode_heads, sizes.decode_kv_heads, sizes.decode_d
    cache_bytes = 2 * batch * n_kv_heads * n * d * 2  # keys and values, two bytes each
    n_sets = min(64, max(1, -(-bench.device.rotated_bytes // cache_bytes)))
    sets = []
    for s in range(n_sets):
        query = bench.normal(batch, n_heads, 1, d, number=3 * s)
        key, value = (bench.normal(batch, n_kv_heads, n, d, number=3 * s + i) for i in (1, 2))
        sets.append((query, key, value))

    def ours(number: int) -> object:
        return kernels.flash_decode(*sets[number])

    candidates = {"ours": Candidate(ours), "again": Candidate(ours)}
    for backend in BACKENDS:

        def theirs(number: int, backend: str = backend) -> object:
            return torch_attention(backend, *sets[number], enable_gqa=n_heads != n_kv_heads)

        # Unfused attention repeats the keys for every query head, and once more in float32.
        needs = 3.5 * cache_bytes * (n_heads // n_kv_heads) if backend == "math" else 0
        candidates[backend] = Candidate(theirs, needs)
    times, why_not, notes = timed_beside(bench, f"b{batch}_n{n}", candidates, n_sets)
    found = beside_backends(times)
    del found["of_best"]
    return {
        "d": d,
        "n": n,
        "batch": batch,
        "n_heads": n_heads,
        "n_kv_heads": n_kv_heads,
        "cache_bytes": cache_bytes,
        "cache_mb": rounded(cache_bytes / 1e6),
        "splits": kernels.splits_of(batch, n_kv_heads, n, bench.device.multiprocessors),
        **found,
        "tb_s": {
            key: rounded(cache_bytes / time["median"] / 1e12) if time else None
            for key, time in found["time_s"].items()
        },
        "why_not": why_not,
        "not_captured": notes,
        "sets": n_sets,
        "rounds": len(times.get("ours", [])),
    }


def decode_cells(bench: Bench) -> Cells:
    """Return all decodings, the largest caches first."""
    cells: Cells = []
    for n in sorted(bench.sizes.decode_lengths, reverse=True):
        for batch in sorted(bench.sizes.decode_batches, reverse=True):

            def run(batch: int = batch, n: int = n) -> dict[str, Any]:
                return decode_cell(bench, batch, n)

            cells.append((f"b{batch}_n{n}", run))
    return cells


# Memory


def memory_cell(bench: Bench, n: int) -> dict[str, Any]:
    """Measure what attention allocates at its peak, beyond inputs and output."""
    sizes, device = bench.sizes, bench.device
    n_heads = sizes.prefill_width // sizes.memory_d
    query, key, value = (
        bench.normal(1, n_heads, n, sizes.memory_d, number=number) for number in range(3)
    )
    output_bytes = query.numel() * query.element_size()
    why_not: dict[str, str] = {}

    def beyond(run: Callable[[], Any]) -> int:
        timed(device, lambda: run() is None)  # what is set up once does not count
        return max(0, device.peak_bytes(run) - output_bytes)

    with torch.no_grad():
        ours = beyond(lambda: bench.kernels.flash_attention(query, key, value))
        needs = math_bytes(n_heads * n * n)
        unfused = None
        if needs > device.most_bytes:
            why_not["math"] = f"needs {needs / 1e9:.0f} GB"
        else:
            device.free()
            try:
                unfused = beyond(lambda: torch_attention("math", query, key, value))
            except torch.OutOfMemoryError:
                why_not["math"] = "out of memory"
    return {"n": n, "ours_bytes": ours, "math_bytes": unfused, "why_not": why_not}


def memory_cells(bench: Bench) -> Cells:
    """Return the lengths at which memory is measured."""
    return [
        (f"n{n}", lambda n=n: memory_cell(bench, n))  # type: ignore[misc]
        for n in bench.sizes.memory_lengths
    ]
