"""What importing the package costs, and what it leaves alone."""

import subprocess
import sys
import time


def seconds(program: str) -> float:
    """How long a fresh interpreter takes, at the best of several tries."""
    times = []
    for _ in range(5):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", program], check=True)
        times.append(time.perf_counter() - start)
    return min(times)


def test_importing_costs_at_most_150_ms_over_numpy() -> None:
    alone, both = seconds("import numpy"), seconds("import numpy, attention")
    assert both - alone < 0.150


def test_importing_imports_no_other_array_library() -> None:
    program = "import sys, attention; print(*{'torch', 'jax', 'cupy'} & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []
