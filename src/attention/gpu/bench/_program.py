"""The program: start a process for each part, join what they wrote, print a table."""

import argparse
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from attention.gpu.bench._record import Part, write_json
from attention.gpu.bench._sections import BROKE, DONE, FAILED, SECTIONS, run_part
from attention.gpu.bench._sizes import QUICK, TINY, WHOLE
from attention.gpu.bench._summary import record_of, table_of
from attention.gpu.bench._timing import rounded, text_of

# Seconds a section may take; those that come first matter most.
BUDGETS_S = {
    "checks": 170.0,
    "ceilings": 30.0,
    "prefill": 150.0,
    "decode": 100.0,
    "memory": 30.0,
    "scores": 60.0,
}
STARTS = 4  # of one part: each start after the first leaves out what broke the device
GRACE_S = 20.0  # between the last cell that may begin and the end of a process
LEAST_S = 8.0  # a section with less time left does not begin


def arguments_of(given: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m attention.gpu.bench",
        description="Check the kernels on one GPU, measure them, and write it down as JSON.",
    )
    parser.add_argument("--commit", default="unknown", help="what was measured, written down")
    parser.add_argument("--out", type=Path, default=Path("gpu.json"), help="the record")
    parser.add_argument("--quick", action="store_true", help="a first look: few cells and rounds")
    parser.add_argument("--sections", default=",".join(SECTIONS), help="those to run, by commas")
    parser.add_argument("--deadline-s", type=float, default=470.0, help="of the whole run")
    parser.add_argument("--seed", type=int, default=0)
    for name, kind, default in (
        ("--device", str, "cuda"),  # cpu tries the program itself
        ("--jobs", int, None),
        ("--part", str, None),  # what a process of one part is given
        ("--seconds", float, 0.0),
        ("--started", float, None),
    ):
        parser.add_argument(name, type=kind, default=default, help=argparse.SUPPRESS)
    options = parser.parse_args(given)
    options.sections = [name for name in options.sections.split(",") if name]
    for name in options.sections:
        if name not in SECTIONS:
            parser.error(f"a section is one of {', '.join(SECTIONS)}; got {name}")
    if options.started is None:
        options.started = time.time()
    return options


def command_of(options: argparse.Namespace) -> str:
    """Return the command as it is written down: no path of a machine."""
    words = ["python -m attention.gpu.bench", "--commit", options.commit, "--out", options.out.name]
    words += ["--quick"] if options.quick else []
    if options.sections != list(SECTIONS):
        words += ["--sections", ",".join(options.sections)]
    words += ["--seed", str(options.seed)] if options.seed else []
    return " ".join(words)


class Run:
    """One run of the program: its processes, and the record that they fill.

    Attributes:
        options: the command line.
        folder: where each part writes.
        failed: sections that did not come to their end, and why.
    """

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.folder = options.out.with_name(options.out.name + ".parts")
        self.failed: dict[str, str] = {}
        self.section_seconds: dict[str, float] = {}
        self.processes: list[subprocess.Popen[bytes]] = []
        self.ended = False

    def elapsed(self) -> float:
        """Return the seconds since the program started."""
        return float(time.time() - self.options.started)

    def path_of(self, part: str) -> Path:
        """Return where a part writes."""
        return Path(self.folder / f"{part}.json")

    def started(self, part: str, seconds: float) -> subprocess.Popen[bytes]:
        """Start the process of one part."""
        options = self.options
        told = {
            "--part": part,
            "--out": self.path_of(part),
            "--device": options.device,
            "--seed": options.seed,
            "--seconds": seconds,
            "--started": options.started,
        }
        words = [str(word) for pair in told.items() for word in pair]
        words += ["--quick"] if options.quick else []
        process = subprocess.Popen([sys.executable, "-m", "attention.gpu.bench", *words])  # noqa: S603
        self.processes.append(process)
        return process

    def measure(self, part: str, until: float) -> None:
        """Run one part to its end, for so many seconds of the run; again if it broke the device."""
        for _ in range(STARTS):
            left = until - self.elapsed()
            if left < LEAST_S / 2 or self.ended:
                return
            process = self.started(part, left)
            try:
                code = process.wait(timeout=left + GRACE_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                self.failed[part] = f"was ended after {left + GRACE_S:.0f} s"
                Part(self.path_of(part)).abandon_current(self.failed[part])
                return
            if code in (DONE, FAILED):
                return
            if code != BROKE:
                self.failed[part] = f"its process ended with code {code}"
                Part(self.path_of(part)).abandon_current(self.failed[part])
                if not self.path_of(part).is_file():
                    return  # it did not even begin
        self.failed[part] = f"did not come to its end in {STARTS} starts"

    def write(self) -> dict[str, Any]:
        """Join what there is so far, and write it down."""
        options = self.options
        sizes = TINY if options.device == "cpu" else QUICK if options.quick else WHOLE
        names = [part for section in SECTIONS.values() for part in section]
        parts = {name: vars(Part(self.path_of(name))) for name in names}
        parts = {
            name: {key: value for key, value in part.items() if key != "path"}
            for name, part in parts.items()
        }
        head = {
            "command": command_of(options),
            "date": datetime.now(UTC).date().isoformat(),
            "commit": options.commit,
            "seconds": rounded(self.elapsed()),
            "section_seconds": self.section_seconds,
            "rounds": sizes.rounds,
            "seed": options.seed,
            "failed_sections": self.failed,
        }
        try:
            record = record_of(parts, head)
        except Exception as error:  # noqa: BLE001 - what was measured is kept all the same
            record = {**head, "not_joined": text_of(error), "parts": parts}
        write_json(options.out, record)
        return record

    def end(self) -> None:
        """End the processes that are still at work, and start no more."""
        self.ended = True
        for process in self.processes:
            if process.poll() is None:
                process.kill()

    def section(self, name: str) -> None:
        """Run the parts of one section, beside each other where nothing is timed."""
        options = self.options
        left = options.deadline_s - self.elapsed()
        if left < LEAST_S:
            self.failed[name] = "no time was left"
            return
        budget = min(BUDGETS_S[name], left)
        jobs = options.jobs or (len(SECTIONS[name]) if options.device == "cuda" else 2)
        begin = self.elapsed()
        until = begin + budget
        with ThreadPoolExecutor(jobs) as pool:
            pending = {pool.submit(self.measure, part, until): part for part in SECTIONS[name]}
            waiting = set(pending)
            try:
                while waiting:
                    done, waiting = wait(waiting, timeout=2)
                    for future in done:
                        error = future.exception()
                        if error is not None:
                            self.failed[pending[future]] = text_of(error)
                    self.write()
            except BaseException:
                self.end()  # the pool waits for its processes
                raise
        self.section_seconds[name] = rounded(self.elapsed() - begin)
        print(f"{self.elapsed():6.1f} s {name}: {self.section_seconds[name]} s", flush=True)


def main(given: Sequence[str] | None = None) -> int:
    """Run the sections, write the record, print the table."""
    options = arguments_of(given)
    if options.part:
        return run_part(options.part, options.out, options)
    run = Run(options)
    if given is None:  # as a program: whoever ends it ends its processes
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    shutil.rmtree(run.folder, ignore_errors=True)
    run.folder.mkdir(parents=True)
    try:
        for name in options.sections:
            run.section(name)
    finally:
        run.end()
        record = run.write()
    if "not_joined" in record:
        print(record["not_joined"], f"parts are in {run.folder.name}")
        return 1
    try:
        print(table_of(record))
    except Exception as error:  # noqa: BLE001 - the record is written, the table only tells it
        print(f"no table: {text_of(error)}")
    print(f"failed sections {run.failed}; {run.elapsed():.0f} s", flush=True)
    if not run.failed:
        shutil.rmtree(run.folder, ignore_errors=True)
    return 0
