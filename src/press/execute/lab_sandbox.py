"""What a kernel does before the first cell of a lab, and keeps after the last."""

import pickle
import sys
from collections.abc import Collection
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from press.execute.bindings import pickled
from press.execute.drawing import COLOURS

__all__ = ["FONT_SIZE", "WIDTH_INCHES", "keep", "prepare"]

# A page shows a figure as wide as a phone: its words must be large for its width.
WIDTH_INCHES, FONT_SIZE = 5.4, 13.5
_OUTSIDE = (
    "socket.bind",
    "socket.connect",
    "socket.getaddrinfo",
    "socket.gethostbyaddr",
    "socket.gethostbyname",
    "socket.sendmsg",
    "socket.sendto",
    "os.exec",
    "os.fork",
    "os.forkpty",
    "os.posix_spawn",
    "os.system",
    "subprocess.Popen",
)


def prepare(draws: bool) -> None:
    """Make figures the same on every machine, if there are any, and close the way out.

    The kernel's own sockets stay: they are opened below Python. Other programs stay closed,
    too, for they would have a way out of their own.
    """
    if draws and find_spec("matplotlib"):
        import matplotlib as mpl  # noqa: PLC0415 - a lab without figures does not wait for it
        from matplotlib_inline.backend_inline import set_matplotlib_formats  # noqa: PLC0415

        set_matplotlib_formats("svg")
        mpl.rcParams.update({
            "figure.figsize": (WIDTH_INCHES, 0.66 * WIDTH_INCHES),
            "figure.facecolor": "none",
            "axes.facecolor": "none",
            "axes.prop_cycle": f"cycler(color={list(COLOURS)})",
            "axes.spines.top": False,
            "axes.spines.right": False,
            "font.size": FONT_SIZE,
            "legend.frameon": False,
            "savefig.facecolor": "none",
            "svg.fonttype": "path",
            "svg.hashsalt": "press",
        })  # fmt: skip
    sys.addaudithook(_refuse)


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    if event in _OUTSIDE:
        raise PermissionError(
            f"a lab must stay in its process and asks no network; it tried {event}"
        )


def keep(path: str, wanted: Collection[str]) -> None:
    """Keep the names that the lab bound, of some the values."""
    from IPython import get_ipython  # noqa: PLC0415 - there is one in a kernel alone

    shell: Any = get_ipython()
    bound = {n: v for n, v in shell.user_ns.items() if n not in shell.user_ns_hidden}
    Path(path).write_bytes(pickle.dumps(pickled(bound, wanted)))
