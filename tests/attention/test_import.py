"""What importing the package costs, what it leaves alone, and what it does without."""

import ast
import importlib
import pkgutil
import subprocess
import sys
from graphlib import TopologicalSorter
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


def imports_of(path: Path, modules: set[str]) -> set[str]:
    """The modules of the package that a file imports, at once, in a function or on first use."""
    tree = ast.parse(path.read_text("utf-8"))
    folders = {  # files("attention") names a folder, and imports nothing
        argument
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "files"
        for argument in call.args
    }
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Constant) and node not in folders:
            names.add(str(node.value))
    return names & modules


def test_no_module_imports_itself_through_others() -> None:
    source = Path(attention.__path__[0]).parent
    paths = {}
    for path in source.glob("attention/**/*.py"):
        name = ".".join(path.relative_to(source).with_suffix("").parts)
        paths[name.removesuffix(".__init__")] = path
    graph = {name: imports_of(path, set(paths)) for name, path in paths.items()}
    assert graph["attention.gpu"] >= {"attention.gpu.forward", "attention.gpu.dispatch"}
    assert "attention.gpu.forward" in graph["attention.gpu._paths"]
    TopologicalSorter(graph).prepare()  # raises CycleError, with the circle


# The measurements run where PyTorch, Triton, NumPy and jaxtyping are all there is.
def test_kernels_and_their_measurements_need_nothing_else() -> None:
    pytest.importorskip("triton", reason="triton is for Linux alone; `make test` installs it there")
    modules = ("forward", "backward", "decode", "bench.__main__")
    import_without(["array_api_compat"], *(f"attention.gpu.{module}" for module in modules))


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


# What stands in its module alone: these say too little without it, or come with load_encoder.
IN_THEIR_MODULES = {
    *("dot", "layer_norm", "linear", "merge", "norm", "project"),
    *("LayerSteps", "Questions", "TrainedEncoder", "TrainedLayer"),
}


def test_a_user_finds_every_name_of_the_chapters_but_one_that_would_hide_a_module() -> None:
    modules = {found.name for found in pkgutil.iter_modules(attention.__path__)}
    public = {
        name
        for module in pkgutil.iter_modules(attention.__path__, "attention.")
        if not module.ispkg and not module.name.startswith("attention._")
        for name in importlib.import_module(module.name).__all__
    }
    assert set(attention.__all__) == public - IN_THEIR_MODULES - modules
    assert public >= IN_THEIR_MODULES
    assert attention.KVCache is importlib.import_module("attention.kv_cache").KVCache


def test_a_name_that_is_not_there_is_no_attribute() -> None:
    message = "^module 'attention' has no attribute 'sofmtax'$"
    with pytest.raises(AttributeError, match=message):
        attention.sofmtax  # noqa: B018
    with pytest.raises(ImportError, match="sofmtax"):
        importlib.import_module("attention.sofmtax")
