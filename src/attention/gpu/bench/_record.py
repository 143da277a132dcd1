"""What a section has found so far, kept on disk cell by cell."""

import gc
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

from attention.gpu.bench._timing import text_of


class BrokenDeviceError(Exception):
    """The device is of no more use to this process; another process may still use it."""

    def __init__(self, who: str, why: str) -> None:
        super().__init__(f"{who}: {why}")
        self.who, self.why = who, why


class Breakable(Protocol):
    """A device that can say whether it still works."""

    def broken(self) -> bool:
        """Say whether an earlier launch has made it useless."""

    def free(self) -> None:
        """Give unused memory back."""


def write_json(path: Path, content: object) -> None:
    """Write a file at once: whoever reads it sees the old one or the new one."""
    new = path.with_name(path.name + ".new")
    new.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", "utf-8")
    new.replace(path)


class Part:
    """The cells of one section, as they come.

    Attributes:
        cells: what was measured, by cell.
        failed: what went wrong, by cell.
        skipped: the cells for which there was no time.
        broke: who made the device useless, and what it said: left out when it is tried again.
        current: the cell that is being measured.
        about: where it ran.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        known = json.loads(path.read_text("utf-8")) if path.is_file() else {}
        self.cells: dict[str, Any] = known.get("cells", {})
        self.failed: dict[str, str] = known.get("failed", {})
        self.skipped: list[str] = known.get("skipped", [])
        self.broke: dict[str, str] = known.get("broke", {})
        self.current: str | None = known.get("current")
        self.about: dict[str, Any] = known.get("about", {})

    def save(self) -> None:
        """Write down what there is."""
        names = ["cells", "failed", "skipped", "broke", "current", "about"]
        write_json(self.path, {name: getattr(self, name) for name in names})

    def abandon_current(self, why: str) -> None:
        """Give up the cell during which a process ended."""
        if self.current is not None:
            self.failed[self.current] = why
            self.current = None
            self.save()

    def run(
        self,
        cells: Sequence[tuple[str, Callable[[], Any]]],
        device: Breakable,
        expired: Callable[[], bool],
        say: Callable[[str], None],
    ) -> None:
        """Measure the cells that are missing; one that fails does not stop the next.

        Raises:
            BrokenDeviceError: if the device is of no more use to this process.
        """
        for key, cell in cells:
            if key in self.cells or key in self.failed:
                continue
            if expired():
                self.skipped.append(key)
                continue
            self.current = key
            self.save()
            start = time.perf_counter()
            try:
                self.cells[key] = cell()
                said = "done"
            except BrokenDeviceError as error:
                # Once may be one candidate's fault, and the cell is tried again without it.
                if error.who in self.broke:
                    self.failed[key] = error.why
                self.broke[error.who] = error.why
                self.current = None
                self.save()
                raise
            except Exception as error:
                self.failed[key] = said = text_of(error)
                if device.broken():
                    self.current = None
                    self.save()
                    raise BrokenDeviceError(key, said) from error
            gc.collect()
            device.free()
            self.current = None
            self.save()
            say(f"{key} {time.perf_counter() - start:.1f} s: {said}")
        self.save()
