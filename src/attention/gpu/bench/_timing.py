"""Time candidates beside each other: in random order, round by round, with the device's clock."""

import math
import random
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

MOST_LAUNCHES = 512  # in one replay: more takes long to capture and tells nothing new


class Device(Protocol):
    """What the timing asks of a device."""

    def synchronise(self) -> None:
        """Wait until the device has done what it was asked for."""

    def mark(self) -> Any:
        """Note a moment in the device's own order of work."""

    def seconds_between(self, start: Any, end: Any) -> float:
        """Return the seconds between two marks that have gone by."""

    def captured(self, run: Callable[[], object]) -> Callable[[], object]:
        """Record what run launches, to be launched again without Python."""


@dataclass(frozen=True)
class Prepared:
    """A candidate that has run, ready to be timed.

    Attributes:
        replay: launches it several times.
        launches: how many times.
        captured: whether the launches were recorded, or Python makes each.
        why_not_captured: what the device said when it could not record them.
    """

    replay: Callable[[], object]
    launches: int
    captured: bool
    why_not_captured: str = ""


def prepare(
    device: Device,
    launch: Callable[[int], object],
    n_sets: int,
    least_s: float,
    *,
    capture: bool = True,
) -> Prepared:
    """Warm up, then join launches to one replay that lasts ``least_s`` seconds or more.

    Args:
        device: where it runs.
        launch: launches the candidate once, on one of the sets of buffers, numbered from 0.
        n_sets: how many sets take turns, so that no launch finds its data in the cache.
        least_s: how long a replay lasts at least, in seconds.
        capture: record the launches; else Python makes each.

    Returns:
        The candidate, ready to be timed.
    """
    launch(0)
    launch(n_sets - 1)
    device.synchronise()

    def joined(turns: int) -> Callable[[], object]:
        def run() -> None:
            for _ in range(turns):
                for number in range(n_sets):
                    launch(number)

        return run

    why_not, replay = "", joined(1)
    if capture:
        try:
            replay = device.captured(replay)
        except Exception as error:  # noqa: BLE001 - a library may refuse in any way
            device.synchronise()  # raises if the device itself is broken
            why_not, capture = text_of(error), False
    replay()
    seconds = min(timed(device, replay) for _ in range(2))
    turns = math.ceil(least_s / max(seconds, 1e-7))
    turns = max(1, min(turns, MOST_LAUNCHES // n_sets))
    if turns > 1:
        replay = device.captured(joined(turns)) if capture else joined(turns)
        replay()
    device.synchronise()
    return Prepared(replay, turns * n_sets, capture, why_not)


def timed(device: Device, run: Callable[[], object]) -> float:
    """Return the seconds that the device takes for one run."""
    device.synchronise()
    start = device.mark()
    run()
    end = device.mark()
    device.synchronise()
    return device.seconds_between(start, end)


def measure(
    device: Device,
    candidates: Mapping[str, Prepared],
    rounds: int,
    order: random.Random,
    expired: Callable[[], bool] = lambda: False,
) -> dict[str, list[float]]:
    """Return the seconds a launch of each candidate takes, round by round.

    A round takes every candidate once, in random order and without a pause: the device works
    on one while Python asks for the next. The first runs once more, unmeasured, before them.
    After two rounds the time may run out.
    """
    times: dict[str, list[float]] = {name: [] for name in candidates}
    for done in range(rounds):
        if done >= 2 and expired():
            break
        names = order.sample(list(candidates), len(candidates))
        marks = {}
        candidates[names[0]].replay()
        for name in names:
            start = device.mark()
            candidates[name].replay()
            marks[name] = (start, device.mark())
        device.synchronise()
        for name, (start, end) in marks.items():
            seconds = device.seconds_between(start, end)
            times[name].append(seconds / candidates[name].launches)
    return times


def rounded(value: float, digits: int = 4) -> float:
    """Keep four significant digits.

    Examples:
        >>> rounded(1234567.0), rounded(0.00123456)
        (1235000.0, 0.001235)
    """
    return float(f"{value:.{digits}g}")


def spread(values: Sequence[float]) -> dict[str, float]:
    """Return median and quartiles.

    Examples:
        >>> spread([1.0, 2.0, 3.0, 4.0, 5.0])
        {'median': 3.0, 'q1': 2.0, 'q3': 4.0}
    """
    if len(values) == 1:
        values = [*values, *values]
    q1, median, q3 = statistics.quantiles(values, n=4, method="inclusive")
    return {"median": rounded(median), "q1": rounded(q1), "q3": rounded(q3)}


def ratios(times: Sequence[float], base: Sequence[float]) -> list[float]:
    """Return the ratio within each round."""
    return [time_s / base_s for time_s, base_s in zip(times, base, strict=True)]


def text_of(error: BaseException) -> str:
    """Return what an error says, in one line without paths of a machine."""
    said = " ".join(str(error).split())
    said = said.split(" (Triggered internally at")[0].split("CUDA kernel errors might be")[0]
    words = [word.rsplit("/", 1)[-1] if word.count("/") > 1 else word for word in said.split()]
    return f"{type(error).__name__}: {' '.join(words)}"[:240].rstrip()
