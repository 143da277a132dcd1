"""What importing the package costs, what it leaves alone, and what it does without."""

import ast
import importlib
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

import attention

# The packages that import on first use: from each, a module can be had where the rest is missing.
LAZY = ["attention", "attention.gpu"]
NUMPY_S = 0.1  # what NumPy takes on the machine that the limit is meant for


def run(program: str) -> str:
    """What a fresh interpreter prints."""
    command = [sys.executable, "-c", program]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def seconds(program: str) -> float:
    """How much processor time a fresh interpreter takes; other programs do not count."""
    return float(run(f"{program}; import time; print(time.process_time())"))


def import_without(missing: list[str], *modules: str) -> None:
    """Import modules where others cannot be imported."""
    run(f"import sys; sys.modules.update(dict.fromkeys({missing})); import {', '.join(modules)}")


def test_importing_costs_at_most_150_ms_over_numpy() -> None:
    both = "import numpy; from attention import scaled_dot_product_attention"
    pairs = [(seconds("import numpy"), seconds(both)) for _ in range(7)]
    alone, together = (min(times) for times in zip(*pairs, strict=True))
    slowness = max(1.0, alone / NUMPY_S)
    assert together - alone < 0.150 * slowness, (alone, together)


@pytest.mark.parametrize("module", ["attention.attention", "attention.gpu"])
def test_importing_imports_no_other_array_library(module: str) -> None:
    found = run(f"import sys, {module}; print(*{{'torch', 'jax', 'cupy'}} & set(sys.modules))")
    assert found.split() == []


@pytest.mark.parametrize("package", LAZY)
def test_a_package_needs_nothing_until_a_name_is_asked_for(package: str) -> None:
    import_without(["array_api_compat", "jaxtyping", "numpy", "torch", "triton"], package)


# The measurements run where PyTorch, Triton and NumPy are all there is.
def test_kernels_and_their_measurements_need_pytorch_and_triton_alone() -> None:
    pytest.importorskip("triton", reason="triton is for Linux alone; `make test` installs it there")
    modules = ("forward", "backward", "decode", "bench.__main__")
    import_without(
        ["array_api_compat", "jaxtyping"], *(f"attention.gpu.{module}" for module in modules)
    )


def test_the_choice_of_a_path_does_not_need_triton() -> None:
    import_without(["triton"], "attention.gpu.dispatch")


@pytest.mark.parametrize("package", LAZY)
def test_a_name_on_first_use_is_the_one_that_type_checkers_are_told(package: str) -> None:
    module = importlib.import_module(package)
    spec = find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    body = ast.parse(Path(spec.origin).read_text("utf-8")).body
    [checked] = [node for node in body if isinstance(node, ast.If)]  # if TYPE_CHECKING
    told = {}
    for node in checked.body:
        assert isinstance(node, ast.ImportFrom)
        told |= {alias.name: node.module for alias in node.names}
    assert sorted(told) == sorted(module.__all__)
    for name, origin in told.items():
        assert getattr(module, name) is getattr(importlib.import_module(origin or ""), name)
        assert name in dir(module)


def test_a_name_that_is_not_there_is_no_attribute() -> None:
    message = "^module 'attention' has no attribute 'sofmtax'$"
    with pytest.raises(AttributeError, match=message):
        attention.sofmtax  # noqa: B018
    with pytest.raises(ImportError, match="sofmtax"):
        importlib.import_module("attention.sofmtax")
