"""One section, in a process of its own: find its cells and measure them."""

import argparse
import time
import traceback
from pathlib import Path
from typing import Any

from attention.gpu.bench._record import BrokenDeviceError, Part
from attention.gpu.bench._timing import text_of

CHECKED = ["forward", "decode", "gradient"]
DTYPES = ["bfloat16", "float16", "float32"]
SECTIONS: dict[str, list[str]] = {
    "checks": [f"checks_{what}_{dtype}" for dtype in DTYPES for what in CHECKED],
    "ceilings": ["ceilings"],
    "prefill": ["prefill"],
    "decode": ["decode"],
    "memory": ["memory"],
    "scores": ["scores"],
}
DONE, FAILED, BROKE = 0, 4, 3


def cells_of(name: str, options: argparse.Namespace, part: Part, device: Any, expired: Any) -> Any:
    """Return the cells of a part."""
    from attention.gpu.bench import _checks, _grid, _kernels, _scores, _sizes  # noqa: PLC0415

    sizes = _sizes.QUICK if options.quick else _sizes.WHOLE
    if device.name == "cpu":
        sizes = _sizes.TINY
    kernels = _kernels.kernels_on(device.name)
    if name.startswith("checks_"):
        _, what, dtype = name.split("_")
        every = sizes.checks_every
        return _checks.check_cells(what, [dtype], kernels, device, options.seed, every)
    bench = _grid.Bench(device, kernels, sizes, options.seed, part.broke, expired)
    return {
        "ceilings": _grid.ceiling_cells,
        "prefill": _grid.prefill_cells,
        "decode": _grid.decode_cells,
        "memory": _grid.memory_cells,
        "scores": _scores.score_cells,
    }[name](bench)


def run_part(name: str, path: Path, options: argparse.Namespace) -> int:
    """Measure one part and write it down; return how it ended.

    A failure to start is a failure of the part, with its text; it does not raise.
    """
    start, part = time.monotonic(), Part(path)

    def expired() -> bool:
        return time.monotonic() - start > float(options.seconds)

    def say(text: str) -> None:
        print(f"{time.time() - options.started:6.1f} s {name}: {text}", flush=True)

    try:
        from attention.gpu.bench import _device, _surroundings  # noqa: PLC0415 - after the try

        device = _device.device_called(options.device)
        if not part.about:
            part.about = _surroundings.surroundings(device)
        part.run(cells_of(name, options, part, device, expired), device, expired, say)
    except BrokenDeviceError as error:
        say(f"the device is of no more use to this process; {error}")
        return BROKE
    except Exception as error:  # noqa: BLE001 - written down beside what was measured
        traceback.print_exc()
        part.failed["section"] = text_of(error)
        part.save()
        say(part.failed["section"])
        return FAILED
    return DONE
