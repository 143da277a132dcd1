"""Run listings away from the process that asks.

    python -m press.execute.worker FOLDER … < jobs > numbers of the jobs that ended, one per line

The folders hold modules that somebody is editing.

A listing cannot disturb the process that renders or checks, and edited modules are
imported afresh. Listings start as forks of a process that has imported what they import and
has computed nothing: each still has a namespace, modules and an end of its own, and starts in
milliseconds. (PyTorch does not survive a fork once its threads run; before that it does.)
"""

import ast
import importlib
import json
import multiprocessing
import os
import pickle
import sys
import time
import traceback
import types
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import Any

from press.execute.bindings import pickled
from press.execute.fresh_modules import compile_anew

__all__ = ["LATE", "cores", "run_all"]

LATE = "late"  # the status of a program that was stopped


def run_all(jobs: list[dict[str, Any]], limit_s: float, folders: list[str]) -> None:
    """Run every job in a process of its own, as many at a time as there are cores.

    A listing that sets a variable of its environment comes before anything is imported for the
    others, so that what it imports sees the variable. The number of each job is printed as
    soon as it has ended: whoever waits can keep what it did, even if the rest is interrupted.

    Args:
        jobs: for each the listing, the names to keep of it, and the files that take its names,
            stdout, stderr and status.
        limit_s: how long one may take.
        folders: where the modules lie that somebody is editing.
    """
    numbered = list(enumerate(jobs))
    first = [(n, job) for n, job in numbered if _sets_environment(Path(job["listing"]))]
    others = [(n, job) for n, job in numbered if not _sets_environment(Path(job["listing"]))]
    _run_beside(first, limit_s, folders)
    for _, job in others:
        _import_what_it_imports(Path(job["listing"]))
    _run_beside(others, limit_s, folders)


def _sets_environment(listing: Path) -> bool:
    """Return whether a listing says something of its environment."""
    return b"os.environ" in listing.read_bytes()


def _run_beside(jobs: list[tuple[int, dict[str, Any]]], limit_s: float, folders: list[str]) -> None:
    """Run jobs beside each other, each as a fork of this process where that is safe."""
    forks = _can_fork()
    context: Any = multiprocessing.get_context("fork" if forks else "spawn")
    start, more = (run, ()) if forks else (run_spawned, (folders,))
    waiting = list(reversed(jobs))
    running = dict[Any, tuple[int, dict[str, Any], float]]()
    while waiting or running:
        while waiting and len(running) < cores():
            number, job = waiting.pop()
            process = context.Process(target=start, args=(job, *more))
            process.start()
            running[process] = (number, job, time.monotonic() + limit_s)
        for process, (number, job, deadline) in list(running.items()):
            process.join(0.002)
            late = process.is_alive() and time.monotonic() > deadline
            if late:
                process.kill()
                process.join()
                Path(job["stderr"]).write_text(f"timed out after {limit_s:g} s", "utf-8")
            if not process.is_alive():
                del running[process]
                status = LATE if late else str(process.exitcode)
                Path(job["status"]).write_text(status, "utf-8")
                print(number, flush=True)


def cores() -> int:
    """Return how many cores this process may use: a container may have fewer than the machine."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _can_fork() -> bool:
    """Return whether a fork of this process is sound: Linux, and no thread but those of OpenBLAS.

    OpenBLAS stops its threads before a fork and starts them after it; nobody else's return.
    """
    tasks = Path("/proc/self/task")
    return tasks.is_dir() and len(list(tasks.iterdir())) <= int(os.environ["OPENBLAS_NUM_THREADS"])


def _import_what_it_imports(listing: Path) -> None:
    """Import a listing's modules, so that they are there in every fork."""
    tree = ast.Module([], [])
    with suppress(SyntaxError, ValueError):  # the listing itself will say what it cannot read
        tree = ast.parse(listing.read_text("utf-8-sig"))
    for node in ast.walk(tree):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
        for name in names:
            with suppress(Exception):  # the listing itself will say what it cannot import
                importlib.import_module(name)


def run_spawned(job: dict[str, Any], folders: list[str]) -> None:
    """Run one listing in a process that knows nothing yet of what somebody is editing."""
    compile_anew(folders)
    run(job)


def run(job: dict[str, Any]) -> None:
    """Run one listing with its output in files, and leave with its exit status."""
    for stream, number in ((job["stdout"], 1), (job["stderr"], 2)):
        os.dup2(os.open(stream, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    status = 0
    try:
        keep_names(Path(job["listing"]), Path(job["names"]), job["keep"])
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 1
        if not isinstance(end.code, int):
            print(end.code, file=sys.stderr)
    except BaseException:  # noqa: BLE001 - whatever ends a program is reported
        traceback.print_exc()
        status = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def keep_names(listing: Path, kept: Path, wanted: Collection[str]) -> None:
    """Run a listing as ``__main__`` and keep the names that it binds, of some the values."""
    main = types.ModuleType("__main__")
    main.__file__ = str(listing)
    sys.modules["__main__"] = main
    sys.argv = [str(listing)]
    code = compile(listing.read_text("utf-8-sig"), str(listing), "exec")
    try:
        exec(code, main.__dict__)  # noqa: S102 - running the listing is the purpose
    except SystemExit as end:
        if end.code:
            raise
    sys.stdout.flush()
    kept.write_bytes(pickle.dumps(pickled(vars(main), wanted)))


if __name__ == "__main__":
    compile_anew(sys.argv[1:])
    question = json.load(sys.stdin)
    run_all(question["jobs"], question["limit_s"], sys.argv[1:])
