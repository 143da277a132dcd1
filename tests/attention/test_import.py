"""What importing the package costs, and what it leaves alone."""

import resource
import subprocess
import sys


def seconds(program: str) -> float:
    """How much processor time a fresh interpreter takes; other programs do not count."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", program], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def test_importing_costs_at_most_150_ms_over_numpy() -> None:
    pairs = [(seconds("import numpy"), seconds("import numpy, attention")) for _ in range(7)]
    alone, both = (min(times) for times in zip(*pairs, strict=True))
    assert both - alone < 0.150


def test_importing_imports_no_other_array_library() -> None:
    program = "import sys, attention; print(*{'torch', 'jax', 'cupy'} & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []
