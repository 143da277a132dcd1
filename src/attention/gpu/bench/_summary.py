"""Join what the sections found to one record, and say it in a table."""

import math
from collections.abc import Iterable, Sequence
from typing import Any

from attention.gpu.bench._timing import rounded, spread

LARGE_CACHE_BYTES = 512 * 10**6
SCORES = ["dot", "scaled_dot", "cosine", "distance", "bilinear", "additive"]
DTYPES = ["bfloat16", "float16", "float32"]


def geomean(values: Iterable[float]) -> float | None:
    """Return the geometric mean, or None of nothing.

    Examples:
        >>> geomean([2.0, 8.0])
        4.0
    """
    logs = [math.log(value) for value in values]
    return rounded(math.exp(sum(logs) / len(logs))) if logs else None


def slope(points: Sequence[tuple[float, float]]) -> float | None:
    """Return the slope of a straight line through the logarithms; None where there is none.

    Examples:
        >>> slope([(1, 3), (2, 12), (4, 48)])
        2.0
    """
    logs = [(math.log(x), math.log(y)) for x, y in points if y > 0]
    if len(logs) < 2:
        return None
    mean_x = sum(x for x, _ in logs) / len(logs)
    mean_y = sum(y for _, y in logs) / len(logs)
    above = sum((x - mean_x) * (y - mean_y) for x, y in logs)
    return rounded(above / sum((x - mean_x) ** 2 for x, _ in logs))


def checks_of(parts: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Join the checks: how many, which failed, and the worst errors by precision."""
    found: dict[str, Any] = {"count": 0, "failed": []}
    repeatable = []
    for what, name in (("forward", "error"), ("gradient", "gradient"), ("decode", "decode")):
        found[name] = {}
        for dtype in DTYPES:
            part = parts.get(f"checks_{what}_{dtype}", {})
            cells, broken = part.get("cells", {}), part.get("failed", {})
            found["count"] += len(cells) + len(broken)
            found["failed"] += [f"{key}: {text}" for key, text in broken.items()]
            found["failed"] += [
                f"{key}: {t}" for key, cell in cells.items() for t in cell["failed"]
            ]
            repeatable += [cell["repeatable"] for cell in cells.values()]
            found[name][dtype] = {
                key: max((c[key] for c in cells.values() if c[key] is not None), default=None)
                for key in ("ours", "torch", "ratio")
            }
    return found | {"repeatable": bool(repeatable) and all(repeatable)}


def ceilings_of(cells: dict[str, Any]) -> dict[str, Any]:
    """Join the two ceilings; their ratio is the intensity at which both bind."""
    found = cells.get("ceilings", {})
    both = {"copy_tb_s", "matmul_tflop_s"} <= set(found)
    intensity = found["matmul_tflop_s"]["median"] / found["copy_tb_s"]["median"] if both else None
    return {
        "copy_tb_s": found.get("copy_tb_s"),
        "matmul_tflop_s": found.get("matmul_tflop_s"),
        "intensity": rounded(intensity) if intensity else None,
    }


def by_length(cells: dict[str, Any]) -> dict[str, Any]:
    """Order cells by width, mask and batch, then by length."""

    def place(key: str) -> tuple[int, bool, int, int]:
        cell = cells[key]
        batch = 0 if "is_causal" in cell else cell.get("batch", 0)
        return (cell.get("d", 0), not cell.get("is_causal", True), batch, cell["n"])

    return {key: cells[key] for key in sorted(cells, key=place)}


def without_noise(cells: dict[str, Any]) -> dict[str, Any]:
    """Leave out the ratios of the kernel to itself, which are joined over all cells."""
    return {
        key: {name: value for name, value in cell.items() if name != "noise"}
        for key, cell in by_length(cells).items()
    }


def noise_of(cells: dict[str, Any]) -> dict[str, float] | None:
    """Return how far the kernel seems to differ from itself."""
    pooled = [ratio for cell in cells.values() for ratio in cell["noise"]]
    return spread(pooled) if pooled else None


def memory_of(cells: dict[str, Any]) -> dict[str, Any]:
    """Add the slopes of the extra memory against the length, both in logarithms."""
    points = {
        name: [
            (c["n"], c[f"{name}_bytes"]) for c in cells.values() if c[f"{name}_bytes"] is not None
        ]
        for name in ("ours", "math")
    }
    return by_length(cells) | {"slope": {name: slope(found) for name, found in points.items()}}


def scores_of(cells: dict[str, Any]) -> dict[str, Any]:
    """Order the cells by candidate, then by version."""
    return {
        name: {
            version: cells[f"{name}_{version}"]
            for version in ("whole", "fused", "pairwise")
            if f"{name}_{version}" in cells
        }
        for name in SCORES
    }


def summary_of(record: dict[str, Any]) -> dict[str, Any]:
    """Return the figures that have a target, and whether they reach it; None if not measured."""
    of_best = {
        key: cell["of_best"]["median"] for key, cell in record["prefill"].items() if cell["of_best"]
    }
    width = {key: record["prefill"][key]["d"] for key in of_best}
    least = min(of_best, key=lambda key: of_best[key], default=None)
    large = [
        cell["of_copy"]
        for cell in record["decode"].values()
        if cell["cache_bytes"] >= LARGE_CACHE_BYTES and cell["of_copy"] is not None
    ]
    time_of_best = [
        cell["time_of_best"]["median"] for cell in record["decode"].values() if cell["time_of_best"]
    ]
    prefill = {
        "geomean": geomean(of_best.values()),
        "least": of_best[least] if least else None,
        "least_cell": least,
        "d64": geomean(value for key, value in of_best.items() if width[key] == 64),
        "d128": geomean(value for key, value in of_best.items() if width[key] == 128),
    }
    copy_least = min(large, default=None)
    decode = geomean(time_of_best)
    growth = record["memory"]["slope"]["ours"]
    checks = record["checks"]
    error_ratios = [
        checks[name][dtype]["ratio"]
        for name in ("error", "gradient", "decode")
        for dtype in ("bfloat16", "float16")
    ]
    known = [ratio for ratio in error_ratios if ratio is not None]
    worst = max(known, default=None)

    def reached(value: float | None, least: float) -> bool | None:
        return None if value is None else value >= least

    def within(value: float | None, most: float) -> bool | None:
        return None if value is None else value <= most

    return {
        "prefill_of_best": prefill,
        "decode_of_copy_least": copy_least,
        "decode_time_of_best": decode,
        "error_ratio": worst,
        "targets": {
            "prefill_geomean": reached(prefill["geomean"], 0.72),
            "prefill_least": reached(prefill["least"], 0.6),
            "decode_of_copy": reached(copy_least, 0.88),
            "decode_time": within(decode, 1.05),
            "memory_slope": within(growth, 1.05),
            "error_ratio": within(worst, 1.5),
            "checks": not checks["failed"] if checks["count"] else None,
        },
    }


def with_copy(cells: dict[str, Any], ceilings: dict[str, Any]) -> dict[str, Any]:
    """Add to each decoding which part of the copy's bandwidth it reaches."""
    copy = ceilings["copy_tb_s"]
    for cell in cells.values():
        ours = cell["tb_s"]["ours"]
        cell["of_copy"] = rounded(ours / copy["median"]) if copy and ours else None
    return cells


def record_of(parts: dict[str, dict[str, Any]], head: dict[str, Any]) -> dict[str, Any]:
    """Join the parts that there are to the whole record."""

    def cells(name: str) -> dict[str, Any]:
        found: dict[str, Any] = parts.get(name, {}).get("cells", {})
        return found

    about: dict[str, Any] = next(
        (part["about"] for part in parts.values() if part.get("about")), {}
    )
    ceilings = ceilings_of(cells("ceilings"))
    decode = with_copy(without_noise(cells("decode")), ceilings)
    record = {
        **head,
        "device": about.get("device"),
        "versions": about.get("versions"),
        "dtype": "bfloat16",
        "checks": checks_of(parts),
        "ceilings": ceilings,
        "noise": {name: noise_of(cells(name)) for name in ("prefill", "decode")},
        "prefill": without_noise(cells("prefill")),
        "decode": decode,
        "memory": memory_of(cells("memory")),
        "scores": scores_of(cells("scores")),
    }
    record["summary"] = summary_of(record)
    troubles = {
        name: part["failed"]
        for name, part in parts.items()
        if part.get("failed") and not name.startswith("checks")
    }
    broke = {name: part["broke"] for name, part in parts.items() if part.get("broke")}
    skipped = {name: part["skipped"] for name, part in parts.items() if part.get("skipped")}
    return record | {"failed_cells": troubles, "broke_the_device": broke, "skipped": skipped}


# The table


def number(value: float | None, width: int = 6) -> str:
    """Write a number for a table, or a dash."""
    return f"{'-' if value is None else f'{value:.4g}':>{width}} "


def table_of(record: dict[str, Any]) -> str:
    """Say everything that matters in one short line a cell."""
    lines = ["prefill: TFLOP/s ours, best, of best (time of best / ours)"]
    for key, cell in record["prefill"].items():
        rates, best = cell["tflop_s"], cell["best"]
        ratio = cell["of_best"]["median"] if cell["of_best"] else None
        others = " ".join(f"{n[:4]}{number(rates[n], 5)}" for n in ("flash", "cudnn", "efficient"))
        lines.append(f"{key:18}{number(rates['ours'])} {best or '-':9} {number(ratio)}  {others}")
    lines.append("decode: us ours, TB/s, of copy, best, time of best (ours / best), splits")
    for key, cell in record["decode"].items():
        time = cell["time_s"]["ours"]
        ratio = cell["time_of_best"]["median"] if cell["time_of_best"] else None
        lines.append(
            f"{key:11}{number(time and time['median'] * 1e6, 7)}{number(cell['tb_s']['ours'])}"
            f"{number(cell['of_copy'], 7)} {cell['best'] or '-':9}{number(ratio)} {cell['splits']}"
        )
    lines.append("memory: extra MB ours, math")
    for key, cell in record["memory"].items():
        if key != "slope":
            own, unfused = (cell[n] and cell[n] / 1e6 for n in ("ours_bytes", "math_bytes"))
            lines.append(f"{key:8}{number(own, 8)}{number(unfused, 10)}")
    lines.append(f"slope {record['memory']['slope']}")
    lines.append("scores: ms (times the dot product)")
    for name, versions in record["scores"].items():
        said = [
            f"{v} {number(c['time_s']['median'] * 1e3)} ({c['ratio']['median']:.4g})"
            for v, c in versions.items()
        ]
        lines.append(f"{name:11}" + "  ".join(said))
    checks, ceilings = record["checks"], record["ceilings"]
    lines.append(f"checks: {checks['count']}, failed {len(checks['failed'])}")
    lines += [f"  {text[:110]}" for text in checks["failed"][:14]]
    for name in ("error", "gradient", "decode"):
        worst = {dtype: row["ratio"] for dtype, row in checks[name].items()}
        lines.append(f"  {name} ratios {worst}")
    for name in ("failed_cells", "broke_the_device", "skipped"):
        if record[name]:
            lines.append(f"{name}: {record[name]}"[:600])
    copy, product = ceilings["copy_tb_s"], ceilings["matmul_tflop_s"]
    lines.append(f"copy {copy and copy['median']} TB/s, product {product and product['median']}")
    lines.append(f"noise {record['noise']}")
    lines.append(f"summary {record['summary']}")
    return "\n".join(lines)
