"""One fixture, so that the same test body runs on every array library we support."""

from collections.abc import Callable
from typing import Any

import array_api_strict
import numpy as np
import pytest

Make = Callable[..., Any]


def _torch_array(values: Any, dtype: str = "float64") -> Any:
    torch = pytest.importorskip("torch", reason="torch is an extra; `make test` installs it")
    return torch.from_numpy(np.array(values, dtype="float64")).to(getattr(torch, dtype))


def _numpy_array(values: Any, dtype: str = "float64") -> Any:
    return np.asarray(values, dtype=dtype)


def _strict_array(values: Any, dtype: str = "float64") -> Any:
    return array_api_strict.asarray(np.asarray(values, dtype=dtype))


@pytest.fixture(
    params=[_numpy_array, _torch_array, _strict_array], ids=["numpy", "torch", "strict"]
)
def make(request: pytest.FixtureRequest) -> Make:
    """Build an array of the library under test from nested lists or a NumPy array."""
    chosen: Make = request.param
    return chosen


@pytest.fixture
def rng() -> np.random.Generator:
    """Seeded, so that a failure repeats."""
    return np.random.default_rng(20_17)
