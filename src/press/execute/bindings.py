"""What programs bind: kept where they run, loaded where expressions are evaluated."""

import pickle
from collections.abc import Collection, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import cloudpickle
import numpy as np

from press.execute.cache import Store

__all__ = ["Bindings", "pickled"]


def pickled(bound: Mapping[str, Any], wanted: Collection[str]) -> dict[str, bytes | str | None]:
    """Return the names that are bound, and what the wanted ones are bound to.

    Each value stands by itself; of what cannot be kept, the text says why. Values that nobody
    asks for would take a hundred times as much room as the others.
    """
    names: dict[str, bytes | str | None] = {}
    for name, value in bound.items():
        if name.startswith("_"):
            continue
        if name not in wanted:
            names[name] = None
            continue
        try:
            names[name] = cloudpickle.dumps(value)
        except Exception as error:  # noqa: BLE001 - a name nobody asks for may be unpicklable
            names[name] = f"{type(error).__name__}: {error}"
    return names


class Bindings:
    """The union of several listings' names, each loaded when it is needed."""

    def __init__(self, folder: str, listings: dict[str, str]) -> None:
        store = Store(Path(folder))
        self.listings = {path: store.get(key) or {} for path, key in listings.items()}
        self.loaded: dict[tuple[str, str], Any] = {}

    def load(self, listing: str, name: str) -> Any:
        """Return what one listing bound to a name."""
        kept = self.listings[listing][name]
        if kept is None:
            raise KeyError(f"{name} of {listing} was not kept when it ran")
        if isinstance(kept, str):
            raise TypeError(f"{name} of {listing} cannot be kept ({kept})")
        if (listing, name) not in self.loaded:
            self.loaded[listing, name] = pickle.loads(kept)  # noqa: S301
        return self.loaded[listing, name]

    def look_up(self, name: str, among: list[str]) -> tuple[bool, Any]:
        """Return whether a listing binds ``name``, and its one value."""
        binding = [path for path in among if name in self.listings[path]]
        if not binding:
            return False, None
        values = [self.load(path, name) for path in binding]
        if not all(_same(values[0], value) for value in values[1:]):
            where = " and ".join(binding)
            raise NameError(
                f"{name} has different values in {where}; qualify it: {{= listing: {name}}}"
            )
        return True, values[0]


def _same(one: Any, other: Any) -> bool:
    """Return whether two listings bound the same thing."""
    with suppress(Exception):  # what cannot be compared may still be the same to the byte
        if np.array_equal(one, other):
            return True
    return bool(cloudpickle.dumps(one) == cloudpickle.dumps(other))
