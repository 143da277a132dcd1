"""Run listings, each in its own process, and remember what they did.

A run is kept under the hash of everything that it can depend on: the listing, the modules
of src that it imports, one through another, the interpreter, what is installed, and the
arithmetic that it runs under. So an edit there runs it again, and nothing else does.
"""

import hashlib
import json
import os
import pickle
import shutil
import subprocess
import sys
import tempfile
import time
import weakref
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property, partial
from importlib.metadata import distributions
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from press.execute.cache import RECENT_S, Store
from press.execute.evaluator_process import EvaluatorProcess
from press.execute.figure_files import computing_files
from press.execute.imports import Imports, own_text, text_hash
from press.execute.machine import AS_IS, Arithmetic, signature, unmet
from press.execute.worker import LATE
from press.project import Project
from press.syntax.lab import read_lab

__all__ = ["Run", "Runner"]

LIMIT_S = 120
CELL_LIMIT_S = 60
_PARTS = ("names", "stdout", "stderr", "status")
_RUNNER = Path(__file__).read_text("utf-8")
_LAB = ("lab_kernel", "lab_sandbox")  # the kernel imports the sandbox by its name


@dataclass(frozen=True)
class Run:
    """What a program did.

    Attributes:
        stdout: what it printed.
        error: the end of its traceback; empty if it ended well.
        key: the name under which it is kept, and under which its names are.
        bound: the names that it bound.
        kept: those whose values are kept.
        shown: of a lab, what each cell showed: its text, and its figure or None.
    """

    stdout: str
    error: str
    key: str
    bound: frozenset[str] = frozenset()
    kept: frozenset[str] = frozenset()
    shown: dict[str, dict[str, Any]] = field(default_factory=dict)

    def serves(self, wanted: Collection[str]) -> bool:
        """Return whether the values of all wanted names are kept that it bound."""
        return bool(self.error) or self.bound & frozenset(wanted) <= self.kept


@cache
def _installed() -> str:
    """Return the names and versions of everything that is installed."""
    installed = {(d.name, d.version) for d in distributions()}
    return sys.version + json.dumps(sorted(installed))


class Runner:
    """Runs programs of one project under one arithmetic; make a new one after an edit in src."""

    def __init__(
        self,
        project: Project,
        limit_s: float = LIMIT_S,
        cell_limit_s: float = CELL_LIMIT_S,
        arithmetic: Arithmetic = AS_IS,
        cache: Path | None = None,
    ) -> None:
        """Keep what a run depends on; nothing runs yet.

        Args:
            project: whose programs run.
            limit_s: how long a program may take.
            cell_limit_s: how long a cell of a lab may take.
            arithmetic: what the programs' processes are asked for.
            cache: the folder of what is remembered; the project's, if None.
        """
        self.project = project
        self.limit_s = limit_s
        self.cell_limit_s = cell_limit_s
        self.arithmetic = arithmetic
        self.cache = cache or project.cache
        self.imports = Imports((project.source, project.figures))
        self._runs = Store(self.cache / "runs")
        self._names = Store(self.cache / "names")
        self._answers = Store(self.cache / "answers")
        self._scratch = self.cache / "scratch"  # what programs write while they run
        self._recalled: dict[str, Run] = {}
        self._process: subprocess.Popen[str] | None = None

    @cached_property
    def _measured(self) -> str:
        """The hash of all recorded measurements."""
        records = sorted((self.project.docs / "measured").glob("*.json"))
        return hashlib.sha256("".join(map(text_hash, records)).encode()).hexdigest()

    @cached_property
    def _arithmetic(self) -> str:
        """What names the arithmetic of the programs' processes on this machine."""
        return signature(self._environment())

    def key(self, *parts: str, files: Collection[Path] = ()) -> str:
        """Return the name under which is kept what depends on ``parts`` and ``files``."""
        root = self.project.root
        ours = sorted((f.relative_to(root).as_posix(), self.imports.hash_of(f)) for f in files)
        text = json.dumps([_installed(), self._arithmetic, ours, *parts])
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    def run(self, program: Path, names: Collection[str] = ()) -> Run:
        """Run one program and keep some of its names, or recall what it did."""
        return self.run_all([program], {program: names})[program]

    def run_all(
        self, programs: Iterable[Path], names: Mapping[Path, Collection[str]] | None = None
    ) -> dict[Path, Run]:
        """Run programs, each in its own process, or recall what they did.

        Args:
            programs: which.
            names: for each program, the names whose values somebody will ask for.
        """
        wanted = {p: set((names or {}).get(p, ())) for p in sorted(set(programs))}
        keys = {program: self.key_of(program) for program in wanted}
        runs = {program: run for program, key in keys.items() if (run := self._recall(key))}
        missing = [p for p in keys if p not in runs or not runs[p].serves(wanted[p])]
        if missing:
            keep = {p: wanted[p] | (runs[p].kept if p in runs else set()) for p in missing}
            self._scratch.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=self._scratch) as scratch:
                self._run_missing({p: keys[p] for p in missing}, keep, Path(scratch), runs)
        return {program: runs[program] for program in keys}

    def has_run(self, program: Path) -> bool:
        """Return whether what a program does is known, so that it need not run."""
        return self._recall(self.key_of(program)) is not None

    def _recall(self, key: str) -> Run | None:
        """Return a kept run; None if there is none, or if its names were lost."""
        if key not in self._recalled:
            run: Run | None = self._runs.get(key)
            if run is None or (run.kept and self._names.get(key) is None):
                return None
            self._recalled[key] = run
        return self._recalled[key]

    def extras(self, program: Path) -> set[str]:
        """Return the extras of the package that a program needs, also by way of ours."""
        modules = self.imports.needed_by(program.read_text("utf-8-sig"))
        tops = {name.partition(".")[0] for name in modules}
        return tops & self.project.extras

    def lacks(self, program: Path) -> set[str]:
        """Return the extras that a program needs and that are missing."""
        return {name for name in self.extras(program) if find_spec(name) is None}

    def key_of(self, program: Path) -> str:
        """Return the name under which a program's run is kept; of a lab, its code alone counts."""
        lab = self.project.is_lab(program)
        text = read_lab(program).program if lab else program.read_text("utf-8-sig")
        inner = program.relative_to(self.project.root).as_posix()
        # A figure may draw what was measured, and so may what all figures share.
        drawn = self._measured if program.is_relative_to(self.project.figures) else ""
        files = self.imports.of(text)[1]
        if drawn:  # a still is drawn from the first state of its figure
            stills = (name for name in self.project.interactives if f'"{name}"' in text)
            drawn += "".join(map(self.figure_key, stills))
        process = own_text(*_LAB) if lab else own_text("worker")
        return self.key(_RUNNER, process, inner, text, drawn, files=files)

    def figure_key(self, name: str) -> str:
        """Return the name under which is kept what an interactive figure computes."""
        hashes, imported = computing_files(self.project, name, self.imports)
        return self.key("figure", own_text("cases"), name, *hashes, files=imported)

    def _run_missing(
        self,
        missing: dict[Path, str],
        keep: Mapping[Path, Collection[str]],
        scratch: Path,
        runs: dict[Path, Run],
    ) -> None:
        """Run programs and keep what each did as soon as it has ended."""
        for program in filter(self.project.is_lab, list(missing)):
            key = missing.pop(program)
            runs[program] = self._run_lab(program, key, keep[program], scratch)
        order = list(missing.items())
        jobs = [
            {"listing": str(program), "keep": sorted(keep[program])}
            | {part: str(scratch / f"{key}.{part}") for part in _PARTS}
            for program, key in order
        ]
        if not jobs:
            return
        question, errors = scratch / "question", scratch / "errors"
        question.write_text(json.dumps({"jobs": jobs, "limit_s": self.limit_s}), "utf-8")
        with (
            question.open("rb") as stdin,
            errors.open("wb") as stderr,
            self._start(
                "press.execute.worker", stdin=stdin, stderr=stderr, TMPDIR=str(scratch)
            ) as process,
        ):
            self._process = process
            try:
                for number in process.stdout or ():
                    program, key = order[int(number)]
                    runs[program] = self._kept(key, jobs[int(number)])
            except BaseException:
                process.kill()
                raise
            finally:
                self._process = None
        if process.returncode != 0 or len(runs.keys() & dict(order).keys()) < len(order):
            raise RuntimeError(f"the runner failed:\n{errors.read_text('utf-8', 'replace')}")

    def stop(self) -> None:
        """End what is running, from another thread; what has ended is kept."""
        if self._process is not None:
            self._process.kill()

    def _kept(self, key: str, job: Mapping[str, Any]) -> Run:
        """Keep what a listing did that has ended."""
        status, names = Path(job["status"]).read_text("utf-8"), Path(job["names"])
        values: dict[str, Any] = {}
        error = ""
        if status == "0" and names.is_file():
            values = pickle.loads(names.read_bytes())  # noqa: S301 - our own process wrote it
        else:
            error = _tail(Path(job["stderr"])) or f"it ended with status {status}, silently"
        stdout = Path(job["stdout"]).read_text("utf-8", errors="backslashreplace")
        return self._remember(Run(stdout, error, key), values, ended=status != LATE)

    def _remember(self, run: Run, values: Mapping[str, Any], ended: bool) -> Run:
        """Keep a run, and the names that it bound; one that was stopped may end the next time."""
        kept = frozenset(name for name, value in values.items() if value is not None)
        run = Run(run.stdout, run.error, run.key, frozenset(values), kept, run.shown)
        if ended:
            self._names.put(run.key, dict(values))
            self._runs.put(run.key, run)
            self._recalled[run.key] = run
        return run

    def _run_lab(self, program: Path, key: str, keep: Collection[str], scratch: Path) -> Run:
        """Run a lab in a kernel and keep what it did."""
        names, result = scratch / "names", scratch / "result"
        job = {
            "cells": [[cell.name, cell.source] for cell in read_lab(program).code_cells],
            "draws": "matplotlib" in self.imports.of(read_lab(program).program)[0],
            "limit_s": self.cell_limit_s,
            "keep": sorted(keep),
            "names": str(names),
            "result": str(result),
        }
        self.ask("press.execute.lab_kernel", question=job, **self._quiet_jupyter(scratch))
        ran = json.loads(result.read_text("utf-8"))
        values = {} if ran["error"] else pickle.loads(names.read_bytes())  # noqa: S301
        run = Run("", ran["error"], key, shown=ran["shown"])
        return self._remember(run, values, ended=not ran["late"])

    def _quiet_jupyter(self, scratch: Path) -> dict[str, str]:
        """Return an environment in which no setting of the user's changes what a lab does."""
        return {
            "IPYTHONDIR": str(scratch / "ipython"),
            "JUPYTER_CONFIG_DIR": str(scratch / "jupyter"),
            "JUPYTER_PREFER_ENV_PATH": "1",
            "JUPYTER_RUNTIME_DIR": str(scratch / "runtime"),
            "MATPLOTLIBRC": str(scratch),
            "MPLCONFIGDIR": str(self.project.cache / "matplotlib"),
            "SOURCE_DATE_EPOCH": "0",
            "TMPDIR": str(scratch),
        }

    def evaluate(self, question: dict[str, Any]) -> dict[str, Any]:
        """Evaluate a page's expressions (see `press.execute.evaluator`), or recall the answers.

        Each answer is kept by itself, so that an edit evaluates what it adds and no more.
        """
        asked = {kind: question[kind] for kind in ("values", "conditions", "identities")}
        context = {key: value for key, value in question.items() if key not in asked}
        symbols = Path(question["symbols"])
        drawn = symbols.read_text("utf-8") if symbols.is_file() else ""
        # What files say counts, not where they lie; names of a run are filed under its key.
        known_by = context | {"symbols": drawn}
        asked_of = (_RUNNER, own_text("evaluator"))
        key = self.key(*asked_of, json.dumps(known_by, sort_keys=True, default=str))
        known: dict[str, Any] = self._answers.get(key) or {}
        missing = {
            kind: [case for case in cases if json.dumps([kind, case]) not in known]
            for kind, cases in asked.items()
        }
        if any(missing.values()):
            interactive = str(self.project.interactive)
            names = {"names": str(self._names.folder), "interactive": interactive}
            new = self._evaluator.answer(context | missing | names)
            for kind, answers in new.items():
                for case, answer in zip(missing[kind], answers, strict=True):
                    known[json.dumps([kind, case])] = answer
            self._answers.put(key, known)
        return {
            kind: [known[json.dumps([kind, case])] for case in cases]
            for kind, cases in asked.items()
        }

    @cached_property
    def _evaluator(self) -> EvaluatorProcess:
        """The process that evaluates; it ends with whoever runs programs."""
        process = EvaluatorProcess(partial(self._start, "press.execute.evaluator"))
        weakref.finalize(self, process.end)
        return process

    def in_force(self) -> dict[str, Any]:
        """Return the arithmetic of programs' processes, see `press.execute.machine.in_force`.

        Raises:
            RuntimeError: if it is not what they are asked for; it says what must be, and what is.
        """
        in_force: dict[str, Any] = json.loads(
            self.ask("press.execute.machine", *(self.project.extras & {"torch"}), question=None)
        )
        if missing := unmet(self.arithmetic, in_force):
            raise RuntimeError(f"{self.arithmetic.name}: {'; '.join(missing)}")
        return in_force

    def sweep(self) -> None:
        """Remove what is remembered and was not asked for lately, and what was left half-done."""
        for store in (self._runs, self._names, self._answers):
            store.sweep()
        for left in self._scratch.glob("*"):
            if left.stat().st_mtime < time.time() - RECENT_S:
                shutil.rmtree(left, ignore_errors=True)

    def _environment(self, **settings: str) -> dict[str, str]:
        """Return the environment of the processes that run programs."""
        ours = (self.project.source, self.project.figures, Path(__file__).resolve().parents[2])
        fixed = {
            "PYTHONPATH": os.pathsep.join(map(str, ours)),
            "PYTHONHASHSEED": "0",
            "PYTHONIOENCODING": "utf-8",
            "COLUMNS": "80",
        }
        return self.arithmetic.environment(os.environ) | fixed | settings

    def _start(
        self, module: str, *command: str, stdin: Any, stderr: Any, **settings: str
    ) -> "subprocess.Popen[str]":
        """Start a module of the press in a process of its own."""
        folders = (str(self.project.source), str(self.project.figures))
        return subprocess.Popen(  # noqa: S603 - our own interpreter, our own module
            [sys.executable, "-m", module, *command, *folders],
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=stderr,
            encoding="utf-8",
            env=self._environment(**settings),
            cwd=self.project.root,
        )

    def ask(self, module: str, *command: str, question: object, **settings: str) -> str:
        """Return what a module of the press answers in a process of its own."""
        pipe = subprocess.PIPE
        with self._start(module, *command, stdin=pipe, stderr=pipe, **settings) as process:
            answer, errors = process.communicate(json.dumps(question, default=str))
        if process.returncode != 0:
            raise RuntimeError(f"{module} failed:\n{errors}")
        return answer


def _tail(stderr: Path) -> str:
    """Return the last line of a traceback that says something."""
    text = stderr.read_text("utf-8", errors="replace") if stderr.is_file() else ""
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else ""
