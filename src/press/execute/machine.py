"""The arithmetic that a program runs under: the BLAS kernel, the SIMD loops, the threads.

The order in which a sum is taken depends on all three, and its last bits on the order. So
the same program is run under several arithmetics: what it shows must be the same, and what is
remembered of a run belongs to the arithmetic that it ran under.

    python -m press.execute.machine [torch]     prints what is in force in this environment
"""

import json
import platform
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

__all__ = [
    "AS_IS",
    "BARE",
    "VARIABLES",
    "Arithmetic",
    "available",
    "contrast",
    "in_force",
    "signature",
    "unmet",
]

_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
_LOOPS = ("OPENBLAS_CORETYPE", "NPY_DISABLE_CPU_FEATURES", "ATEN_CPU_CAPABILITY", "MKL_CBWR")
VARIABLES = (*_THREADS, *_LOOPS, "NPY_ENABLE_CPU_FEATURES", "OPENBLAS_L2_SIZE")
# NumPy's names for what its loops are compiled for, beside the baseline of every x86-64.
_GROUPS = ("X86_V3", "X86_V4", "AVX512_ICL", "AVX512_SPR")
_ALSO_CALLED = {"Katmai": "Prescott"}  # OpenBLAS has one kernel for both, and two names


@dataclass(frozen=True)
class Arithmetic:
    """One way in which a machine computes.

    Attributes:
        name: what failures call it.
        threads: how many threads a library may use.
        kernel: the kernel of OpenBLAS that must be in force; any, if None.
        groups: NumPy's groups of SIMD loops that must be in force; any, if None.
        capability: PyTorch's CPU capability that must be in force; any, if None.
        settings: the variables that ask for all this, beside the numbers of threads; if None,
            those count that are set outside.
    """

    name: str
    threads: int = 1
    kernel: str | None = None
    groups: tuple[str, ...] | None = None
    capability: str | None = None
    settings: Mapping[str, str] | None = None

    def environment(self, outside: Mapping[str, str]) -> dict[str, str]:
        """Return the variables of a process that computes in this way."""
        variables = {name: str(self.threads) for name in _THREADS} | dict(self.settings or {})
        inherits = self.settings is None
        return {k: v for k, v in outside.items() if inherits or k not in VARIABLES} | variables


def _asked(
    name: str, threads: int, kernel: str, groups: tuple[str, ...], capability: str, branch: str
) -> Arithmetic:
    """Return an arithmetic of an x86-64 processor with the variables that ask for it."""
    off = " ".join(group for group in _GROUPS if group not in groups)
    variables = (kernel, off, capability.lower(), branch)
    settings = dict(zip(_LOOPS, variables, strict=True))
    return Arithmetic(name, threads, kernel, groups, capability, settings)


AS_IS = Arithmetic("as the machine is, one thread")
BARE = Arithmetic("as the machine is, whatever is set outside", settings={})
_OLDEST = _asked(
    "oldest kernel, no SIMD loops, one thread", 1, "Prescott", (), "DEFAULT", "COMPATIBLE"
)
_HASWELL = _asked("Haswell kernel, two threads", 2, "Haswell", ("X86_V3",), "AVX2", "AVX2")
_AVX512 = _asked("AVX-512, two threads", 2, "SkylakeX", ("X86_V3", "X86_V4"), "AVX512", "AVX512")
_FAR = _asked(
    "oldest kernel, no SIMD loops, two threads", 2, "Prescott", (), "DEFAULT", "COMPATIBLE"
)
_THREADED = Arithmetic("as the machine is, two threads", 2)


def available(probe: Mapping[str, Any]) -> list[Arithmetic]:
    """Return the arithmetics that a machine can be asked for, the one that it has first.

    Args:
        probe: what `in_force` says in a process of `BARE`.
    """
    if not _is_x86():
        return [AS_IS, _THREADED]  # the other kernels of such a machine have not been tried
    can = set(probe["groups"])
    asked = [
        arithmetic
        for arithmetic in (_OLDEST, _HASWELL, _AVX512)
        if can >= set(arithmetic.groups or ())
    ]
    return [AS_IS, *asked]


def contrast() -> Arithmetic:
    """Return the arithmetic that differs from the machine's own in as much as can be asked for."""
    return _FAR if _is_x86() else _THREADED


def _is_x86() -> bool:
    return platform.machine().lower() in ("x86_64", "amd64")


def in_force(of_torch: bool) -> dict[str, Any]:
    """Return the arithmetic of this very process: kernels, groups of SIMD loops, threads.

    PyTorch brings kernels and threads of its own: if wished and installed, it is asked, too.
    """
    import numpy as np  # noqa: PLC0415 - whoever only wants a name does not wait for it
    import threadpoolctl  # noqa: PLC0415

    np.ones((2, 2)) @ np.ones((2, 2))
    features = np._core._multiarray_umath.__cpu_features__  # type: ignore[attr-defined]
    pools = threadpoolctl.threadpool_info()
    blas = [pool for pool in pools if pool["internal_api"] == "openblas"]
    kernels = [pool["architecture"] for pool in blas]
    arithmetic: dict[str, Any] = {
        "kernels": sorted({_ALSO_CALLED.get(name, name) for name in kernels}),
        "groups": [group for group in _GROUPS if features.get(group)],
        "threads": {f"{pool['internal_api']} of NumPy": pool["num_threads"] for pool in blas},
        "capability": None,
    }
    if not of_torch or find_spec("torch") is None:
        return arithmetic
    import torch  # noqa: PLC0415

    arithmetic["capability"] = torch.backends.cpu.get_cpu_capability()
    arithmetic["threads"]["PyTorch"] = torch.get_num_threads()
    return arithmetic


def unmet(arithmetic: Arithmetic, in_force: Mapping[str, Any]) -> list[str]:
    """Return what an arithmetic asks for and what is in force instead."""
    missing = []
    if arithmetic.kernel is not None and in_force["kernels"] != [arithmetic.kernel]:
        kernels = ", ".join(in_force["kernels"]) or "no OpenBLAS"
        missing.append(f"OpenBLAS must run its kernel {arithmetic.kernel}; it runs {kernels}")
    if arithmetic.groups is not None and in_force["groups"] != list(arithmetic.groups):
        asked, has = (
            " ".join(groups) or "none" for groups in (arithmetic.groups, in_force["groups"])
        )
        missing.append(f"NumPy's groups of SIMD loops must be {asked}; they are {has}")
    if arithmetic.capability is not None and in_force["capability"] not in (
        None,
        arithmetic.capability,
    ):
        missing.append(
            f"PyTorch's CPU capability must be {arithmetic.capability};"
            f" it is {in_force['capability']}"
        )
    missing += [
        f"{library} must use {arithmetic.threads} threads; it uses {threads}"
        for library, threads in in_force["threads"].items()
        if threads != arithmetic.threads
    ]
    return missing


def signature(environment: Mapping[str, str]) -> str:
    """Return what names the arithmetic of a process with this environment on this machine."""
    asked = {name: environment[name] for name in VARIABLES if name in environment}
    return json.dumps([*_processor(), asked], sort_keys=True)


@cache
def _processor() -> tuple[str, ...]:
    """Return what tells this processor from one that may round otherwise."""
    facts = (platform.system(), platform.machine(), *platform.libc_ver())
    try:
        block = Path("/proc/cpuinfo").read_text("utf-8").partition("\n\n")[0]
    except OSError:
        return (*facts, platform.processor())
    wanted = (
        "vendor_id",
        "cpu family",
        "model",
        "flags",
        "CPU implementer",
        "CPU part",
        "Features",
    )
    lines = (line.partition(":") for line in block.splitlines())
    return (*facts, *(f"{k.strip()}={v.strip()}" for k, _, v in lines if k.strip() in wanted))


if __name__ == "__main__":
    json.dump(in_force("torch" in sys.argv), sys.stdout)
