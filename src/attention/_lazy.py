"""A package that imports what it offers when that is first asked for.

The measurements of ``attention.gpu`` run on machines that have PyTorch and Triton alone. To
import any module there, Python first imports the packages around it: these may therefore need
nothing that such a machine lacks.
"""

import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

__all__ = ["on_first_use"]


def on_first_use(
    package: str, origins: dict[str, str]
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return ``__getattr__`` and ``__dir__`` of a package.

    Args:
        package: its ``__name__``.
        origins: the module that each name comes from.

    Source:
        PEP 562.

    Examples:
        >>> get, names = on_first_use("attention", {"softmax": "attention.softmax"})
        >>> get("softmax").__name__
        'softmax'
        >>> get("sofmtax")
        Traceback (most recent call last):
        AttributeError: module 'attention' has no attribute 'sofmtax'
    """

    def get(name: str) -> Any:
        if name not in origins:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(import_module(origins[name]), name)

    def names() -> list[str]:
        return sorted({*vars(sys.modules[package]), *origins})

    return get, names
