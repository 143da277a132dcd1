"""How Hypothesis draws its examples, and what a limit in seconds means on a slow machine."""

import os
import time
from collections.abc import Callable
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest
from hypothesis import settings

# By day 25 examples of each property: the same at each run of CI, new ones elsewhere. By night
# (`make properties`) 500, always new ones; Hypothesis draws the same in CI unless told otherwise.
# No deadline: what an example costs on a busy machine says nothing about the code.
settings.register_profile("local", deadline=None, max_examples=25)
settings.register_profile(
    "ci", deadline=None, max_examples=25, derandomize=True, database=None, print_blob=True
)
settings.register_profile(
    "nightly", deadline=None, max_examples=500, derandomize=False, print_blob=True
)
settings.load_profile(
    os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "local")
)
# What tests ask of this machine goes through no proxy.
os.environ["no_proxy"] = os.environ["NO_PROXY"] = "127.0.0.1,localhost,::1"

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


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer to leave out what passed."""
    words = "leave out tests that passed, while nothing has changed that they can depend on"
    parser.addoption("--kept", action="store_true", help=words)


def pytest_configure(config: pytest.Config) -> None:
    """Remember what passes, if that is wished."""
    if not config.getoption("kept"):
        return
    # The press is missing where the package is tested alone.
    from press.execute.cache import Store
    from press.project import Project

    spec = spec_from_file_location("kept", Path(__file__).with_name("kept.py"))
    kept = module_from_spec(spec)
    spec.loader.exec_module(kept)
    folder = Project.load(config.rootpath).cache / "tests"
    chosen = f"{config.option.markexpr} {config.option.keyword}"
    config.pluginmanager.register(kept.Kept(Store(folder), chosen), "kept")
