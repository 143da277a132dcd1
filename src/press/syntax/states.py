"""The state of an interactive figure: what may be set, and how an address writes it.

``state.toml`` of a figure's folder says how high the figure is, and names each value with its kind,
its limits and where it starts. The page, its prompts, the proof and the drawing of the still read
it here; the browser reads the same text in ``src/interactive/state.js``.
"""

import math
import random
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

__all__ = ["FIGURE", "Schema", "StateError", "read_schema"]

FIGURE = "interactive/"  # begins the name of a figure in a state: interactive/masking/mask?last:2
State = dict[str, Any]
_NEEDS = {
    "flag": {"start"},
    "choice": {"options", "start"},
    "number": {"from", "to", "step", "start"},
    "vector": {"from", "to", "step", "start"},
    "bits": {"start"},
}


class StateError(ValueError):
    """A schema or a state that makes no sense."""


class Schema:
    """What may be set in a figure.

    Attributes:
        kinds: for each name its table: ``kind``, its limits, and ``start``.
        heights: about how high the figure is on a phone and on a laptop, in twentieths of a rem:
            a rem is the page's unit of length, which grows with its letters.
    """

    def __init__(self, kinds: dict[str, dict[str, Any]], heights: tuple[int, int]) -> None:
        """Keep what is looked at when a schema is read from its file."""
        self.kinds = kinds
        self.heights = heights

    @property
    def start(self) -> State:
        """The state that every reader meets first."""
        return {name: kind["start"] for name, kind in self.kinds.items()}

    def read(self, text: str) -> State:
        """Return the state that a prompt writes.

        Raises:
            StateError: if the text is not what the browser would write of that state.
        """
        state = self.start
        for part in filter(None, text.split(";")):
            name, _, value = part.partition(":")
            self._require(name)
            state[name] = _read(name, self.kinds[name], value)
        if (written := self.write(state)) != text:
            raise StateError(f"the state must be written {written!r}; got {text!r}")
        return state

    def write(self, state: State) -> str:
        """Return what differs from the start, as an address has it."""
        texts = ((name, _write(kind, state[name])) for name, kind in self.kinds.items())
        return ";".join(
            f"{name}:{text}" for name, text in texts if text != self._written_start(name)
        )

    def changed(self, state: State, changes: State) -> State:
        """Return a state with some values changed.

        Raises:
            StateError: if one of them is no value of the figure.
        """
        for name in changes:
            self._require(name)
        return state | changes

    def _require(self, name: str) -> None:
        if name not in self.kinds:
            known = ", ".join(self.kinds)
            raise StateError(f"a state names only what state.toml has, {known}; got {name!r}")

    def _written_start(self, name: str) -> str:
        return _write(self.kinds[name], self.kinds[name]["start"])

    def draw(self, rng: random.Random) -> State:
        """Return any state, each value drawn by itself."""
        return {name: _draw(kind, rng) for name, kind in self.kinds.items()}


def read_schema(file: Path) -> Schema:
    """Read a ``state.toml``.

    Raises:
        StateError: if it is missing, is no TOML, says no heights, or if a value starts outside
            its limits.
    """
    try:
        kinds = tomllib.loads(file.read_text("utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise StateError(f"a figure must have a state.toml; {error}") from None
    match kinds.pop("heights", None):
        case [int(narrow), int(wide)] if min(narrow, wide) > 0:
            heights = narrow, wide
        case other:
            message = "heights must be two whole numbers above zero, as [600, 400]"
            raise StateError(f"{message}; got {other}")
    for name, kind in kinds.items():
        if kind.get("kind") not in _NEEDS:
            raise StateError(f"the kind of {name} must be one of: {', '.join(_NEEDS)}")
        if missing := _NEEDS[kind["kind"]] - kind.keys():
            raise StateError(f"{name} must say its {', '.join(sorted(missing))}")
        if _read(name, kind, _write(kind, kind["start"])) != kind["start"]:
            raise StateError(f"{name} must start within its limits; got {kind['start']}")
    return Schema(kinds, heights)


def _read(name: str, kind: dict[str, Any], text: str) -> Any:
    """Return a value that is written as it must be, within its limits."""
    if kind["kind"] == "flag" and text in ("on", "off"):
        return text == "on"
    if kind["kind"] == "choice" and text in kind["options"]:
        return text
    if kind["kind"] == "number":
        return _number(name, kind, text)
    if kind["kind"] == "vector" and text.count(",") + 1 == len(kind["start"]):
        return [_number(name, kind, part) for part in text.split(",")]
    if kind["kind"] == "bits" and len(text) == len(kind["start"]) and set(text) <= {"0", "1"}:
        return [digit == "1" for digit in text]
    raise StateError(f"{name} cannot be {text!r}")


def _number(name: str, kind: dict[str, Any], text: str) -> float:
    try:
        value, start, step = (Decimal(str(x)) for x in (text, kind["from"], kind["step"]))
        within = start <= value <= Decimal(str(kind["to"])) and (value - start) % step == 0
    except ArithmeticError:  # it is no number, or NaN
        raise StateError(f"{name} must be a number; got {text!r}") from None
    if not within:
        limits = f"{kind['from']} to {kind['to']} in steps of {kind['step']}"
        raise StateError(f"{name} goes from {limits}; got {text}")
    return int(value) if value == value.to_integral_value() else float(value)


def _write(kind: dict[str, Any], value: Any) -> str:
    if kind["kind"] == "flag":
        return "on" if value else "off"
    if kind["kind"] == "vector":
        return ",".join(map(_digits, value))
    if kind["kind"] == "bits":
        return "".join(str(int(bit)) for bit in value)
    return _digits(value) if kind["kind"] == "number" else str(value)


def _digits(value: float) -> str:
    """Return a number as JavaScript writes it: all its digits, and no exponent."""
    return f"{Decimal(str(value)).normalize():f}"


def _draw(kind: dict[str, Any], rng: random.Random) -> Any:
    def number() -> float:
        start, step = Decimal(str(kind["from"])), Decimal(str(kind["step"]))
        steps = math.floor((Decimal(str(kind["to"])) - start) / step)
        value = start + rng.randint(0, steps) * step
        return int(value) if value == value.to_integral_value() else float(value)

    if kind["kind"] == "flag":
        return rng.random() < 0.5
    if kind["kind"] == "choice":
        return rng.choice(kind["options"])
    if kind["kind"] == "bits":
        return [rng.random() < 0.5 for _ in kind["start"]]
    return [number() for _ in kind["start"]] if kind["kind"] == "vector" else number()
