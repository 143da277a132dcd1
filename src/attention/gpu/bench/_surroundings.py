"""Where it was measured: device, driver and versions, without any path of the machine."""

import platform
import subprocess
from typing import Any

import numpy as np
import torch

from attention.gpu.bench._device import Cpu, Cuda
from attention.gpu.bench._timing import rounded


def driver() -> str | None:
    """Return the version of the GPU's driver, or None where nothing can tell."""
    command = ["nvidia-smi", "--query-gpu=driver_version", "--format=csv,noheader"]
    try:
        done = subprocess.run(command, capture_output=True, check=True, text=True, timeout=30)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip().splitlines()[0] if done.stdout.strip() else None


def versions() -> dict[str, str | None]:
    """Return the versions of what was used."""
    try:
        import triton  # noqa: PLC0415 - the stand-ins do without it

        found: str | None = str(triton.__version__)
    except ImportError:
        found = None
    cudnn = torch.backends.cudnn.version()  # type: ignore[no-untyped-call]
    return {
        "python": platform.python_version(),
        "torch": str(torch.__version__),
        "cuda": torch.version.cuda,
        "cudnn": str(cudnn) if cudnn else None,
        "triton": found,
        "numpy": np.__version__,
    }


def surroundings(device: Cuda | Cpu) -> dict[str, Any]:
    """Return device and versions."""
    gpu = device.name == "cuda"
    major, minor = torch.cuda.get_device_capability(0) if gpu else (0, 0)
    return {
        "device": {
            "name": torch.cuda.get_device_name(0) if gpu else "cpu",
            "driver": driver() if gpu else None,
            "capability": f"{major}.{minor}",
            "multiprocessors": device.multiprocessors,
            "memory_gb": rounded(device.memory_bytes / 1e9),
            "l2_mb": rounded(device.l2_bytes / 1e6),
        },
        "versions": versions(),
    }
