"""A package that imports what it offers when that is first asked for.

The measurements of ``attention.gpu`` run on machines that have PyTorch, Triton, NumPy and
jaxtyping alone. To import any module there, Python first imports the packages around it: these
may therefore need nothing that such a machine lacks.
"""

import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

__all__ = ["on_first_use"]


def on_first_use(
    package: str, names: dict[str, list[str]]
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return ``__getattr__`` and ``__dir__`` of a package.

    Args:
        package: its ``__name__``.
        names: what comes from each module.

    Source:
        PEP 562.

    Examples:
        >>> get, listing = on_first_use("attention", {"attention.tiling": ["merge"]})
        >>> get("merge").__name__
        'merge'
        >>> get("megre")
        Traceback (most recent call last):
        AttributeError: module 'attention' has no attribute 'megre'
    """
    origins = {name: module for module, of_module in names.items() for name in of_module}

    def get(name: str) -> Any:
        if name not in origins:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(import_module(origins[name]), name)

    def listing() -> list[str]:
        return sorted({*vars(sys.modules[package]), *origins})

    return get, listing
