"""What has been worked out, kept by what it depends on.

An entry is a file named by a hash of everything that its content depends on; so it is never
out of date, only no longer asked for. It says what it must hold: an entry that is damaged, cut
off or written in another way counts as missing, and whatever it stands for is done again.
"""

import hashlib
import os
import pickle
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

__all__ = ["RECENT_S", "Store"]

RECENT_S = 3600  # what was asked for so lately may be asked for again


class Store:
    """The entries of one kind, in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        """Keep the folder; it is made when something is written."""
        self.folder = folder

    def get(self, key: str) -> Any:
        """Return what is kept under a key; None if nothing is, or if it is damaged."""
        path = self.folder / key
        try:
            digest, body = path.read_bytes().split(b"\n", 1)
            if digest.decode("ascii", "replace") != hashlib.sha256(body).hexdigest():
                return None
            if time.time() - path.stat().st_mtime > RECENT_S / 2:
                os.utime(path)  # somebody still asks for it: see `sweep`
            return pickle.loads(body)  # noqa: S301 - we wrote it ourselves, to the byte
        except (OSError, ValueError):
            return None
        except Exception:  # noqa: BLE001 - what was kept by another version may not load
            return None

    def put(self, key: str, content: Any) -> None:
        """Keep something whole or not at all, for another process may read it."""
        body = pickle.dumps(content)
        self.folder.mkdir(parents=True, exist_ok=True)
        partial = self.folder / f"{key}.{os.getpid()}.partial"
        partial.write_bytes(hashlib.sha256(body).hexdigest().encode() + b"\n" + body)
        partial.replace(self.folder / key)

    def sweep(self, recent_s: float = RECENT_S) -> None:
        """Remove what nobody has asked for lately: within the last hour, if not told otherwise.

        Whoever has just asked for everything that is current may call this: what is left has no
        current key, or belongs to a process beside this one.
        """
        old = time.time() - recent_s
        for path in self.folder.glob("*"):
            with suppress(OSError):  # another process may have removed it
                if path.stat().st_mtime < old:
                    path.unlink()
