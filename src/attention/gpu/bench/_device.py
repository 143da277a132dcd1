"""The device that is measured: a GPU; or the processor, where the program itself is tried."""

import time
from collections.abc import Callable
from typing import Any

import torch

GB = 10**9


class Cuda:
    """One GPU, timed by its own events."""

    name = "cuda"

    def __init__(self) -> None:
        torch.set_float32_matmul_precision("highest")  # no TF32: float32 means float32
        properties = torch.cuda.get_device_properties(0)
        self.multiprocessors = int(properties.multi_processor_count)
        self.memory_bytes = int(properties.total_memory)
        self.l2_bytes = int(getattr(properties, "L2_cache_size", 0))
        # Sets of buffers that take turns hold this much together, four times the largest L2.
        self.rotated_bytes = 4 * max(60 * 10**6, self.l2_bytes)
        self.most_bytes = min(60 * GB, int(0.75 * self.memory_bytes))

    def synchronise(self) -> None:
        """Wait until the device has done what it was asked for."""
        torch.cuda.synchronize()

    def mark(self) -> Any:
        """Record an event in the order of the device's work."""
        event = torch.cuda.Event(enable_timing=True)  # type: ignore[no-untyped-call]
        event.record()
        return event

    def seconds_between(self, start: Any, end: Any) -> float:
        """Return the seconds between two events that have gone by."""
        return float(start.elapsed_time(end)) / 1e3

    def captured(self, run: Callable[[], object]) -> Callable[[], object]:
        """Record what run launches as a graph; it has run before, so that nothing is set up."""
        stream = torch.cuda.Stream()  # type: ignore[no-untyped-call]
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):
            run()
        torch.cuda.current_stream().wait_stream(stream)
        torch.cuda.synchronize()
        graph, before = torch.cuda.CUDAGraph(), torch.cuda.current_stream()
        try:
            with torch.cuda.graph(graph, stream=stream):
                run()
        finally:  # a recording that fails may leave its own stream behind
            torch.cuda.set_stream(before)
        return graph.replay

    def free(self) -> None:
        """Give unused memory back to the device."""
        torch.cuda.empty_cache()

    def broken(self) -> bool:
        """Say whether an earlier launch has made the device useless to this process."""
        try:
            torch.cuda.synchronize()
            torch.cuda.empty_cache()
            torch.ones(1, device="cuda").sum().item()
        except torch.OutOfMemoryError:
            return False
        except Exception:  # noqa: BLE001 - whatever it says, it does not work
            return True
        return False

    def peak_bytes(self, run: Callable[[], Any]) -> int:
        """Return how much run allocates at its peak, its results included."""
        torch.cuda.synchronize()
        before = torch.cuda.memory_allocated()
        torch.cuda.reset_peak_memory_stats()
        kept = run()
        torch.cuda.synchronize()
        del kept
        return int(torch.cuda.max_memory_allocated() - before)


class Cpu:
    """The processor with a clock of the host: it tries the program, its times mean nothing."""

    name = "cpu"
    multiprocessors = 3
    memory_bytes = 10**9
    l2_bytes = 0
    rotated_bytes = 10_000
    most_bytes = 4 * 10**6

    def synchronise(self) -> None:
        """Do nothing: the processor is done when a call returns."""

    def mark(self) -> Any:
        """Return the time of the host."""
        return time.perf_counter()

    def seconds_between(self, start: Any, end: Any) -> float:
        """Return the seconds between two marks."""
        return float(max(end - start, 1e-9))

    def captured(self, run: Callable[[], object]) -> Callable[[], object]:
        """Return what was given: there is nothing to record."""
        return run

    def free(self) -> None:
        """Do nothing."""

    def broken(self) -> bool:
        """Say no: an error leaves the processor as it was."""
        return False

    def peak_bytes(self, run: Callable[[], Any]) -> int:
        """Return what the result takes, and a few bytes a row: a stand-in for a measurement."""
        result = run()
        return int(result.numel() * result.element_size() + 4 * result[..., 0].numel())


def device_called(name: str) -> Cuda | Cpu:
    """Return the device of that name."""
    return Cuda() if name == "cuda" else Cpu()
