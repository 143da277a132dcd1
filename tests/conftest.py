"""How Hypothesis draws its examples, and what a limit in seconds means on a slow machine."""

import os
import time
from collections.abc import Callable

import pytest
from hypothesis import settings

# The same examples at each run of CI, new ones elsewhere.
# No deadline: what an example costs on a busy machine says nothing about the code.
settings.register_profile("local", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, database=None, print_blob=True)
# What tests ask of this machine goes through no proxy.
os.environ["no_proxy"] = os.environ["NO_PROXY"] = "127.0.0.1,localhost,::1"
settings.load_profile("ci" if os.environ.get("CI") else "local")

LOOP_S = 0.04  # what a million additions take on the machine that limits in seconds are meant for


@pytest.fixture
def slowness() -> float:
    """How many times slower this machine is just now than that one; at least 1."""

    def loop_s() -> float:
        start, total = time.perf_counter(), 0
        for number in range(10**6):
            total += number
        return time.perf_counter() - start

    return max(1.0, min(loop_s() for _ in range(5)) / LOOP_S)


@pytest.fixture
def eventually() -> Callable[[Callable[[], object]], None]:
    """Wait until something holds that another thread or process brings about."""

    def wait(holds: Callable[[], object], patience_s: float = 120) -> None:
        end = time.monotonic() + patience_s
        while not holds():
            assert time.monotonic() < end, "what was expected has not come about"
            time.sleep(0.02)

    return wait
