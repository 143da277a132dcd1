"""Run listings, each in its own process, and remember what they did.

A run is kept under the hash of everything that it can depend on: the listing, the modules
of src that it imports, one through another, the interpreter and what is installed. So an
edit there runs it again, and nothing else does.
"""

import ast
import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from importlib.metadata import distributions
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from press.child import LATE
from press.lab import read_lab
from press.project import Project

__all__ = ["Run", "Runner"]

LIMIT_S = 120
CELL_LIMIT_S = 60
_PARTS = ("names", "stdout", "stderr", "status")
_CHILD = Path(__file__).with_name("child.py").read_text("utf-8")
_KERNEL = "".join(
    Path(__file__).with_name(f"{name}.py").read_text("utf-8")
    for name in ("child", "kernel", "bench", "drawing")
)


@dataclass(frozen=True)
class Run:
    """What a program did.

    Attributes:
        stdout: what it printed.
        error: the end of its traceback; empty if it ended well.
        namespace: the file of the names that it bound.
        shown: of a lab, what each cell showed: its text, and its figure or None.
    """

    stdout: str
    error: str
    namespace: Path
    shown: dict[str, dict[str, Any]] = field(default_factory=dict)


@cache
def _installed() -> str:
    """Return the names and versions of everything that is installed."""
    found = {(d.name, d.version) for d in distributions()}
    return sys.version + json.dumps(sorted(found))


class Runner:
    """Runs programs of one project; make a new one after an edit in src."""

    def __init__(
        self, project: Project, limit_s: float = LIMIT_S, cell_limit_s: float = CELL_LIMIT_S
    ) -> None:
        """Keep the project, and how long a program or a lab's cell may take; nothing runs yet."""
        self.project = project
        self.limit_s = limit_s
        self.cell_limit_s = cell_limit_s
        # What files of src and figures held, and what their modules import, once asked for.
        self._hashes: dict[Path, str] = {}
        self._looked_at: dict[str, tuple[frozenset[str], list[Path]]] = {}

    @cached_property
    def _measured(self) -> str:
        """The hash of all recorded measurements."""
        records = sorted((self.project.docs / "measured").glob("*.json"))
        return hashlib.sha256(b"\0".join(path.read_bytes() for path in records)).hexdigest()

    def key(self, *parts: str, files: Collection[Path] = ()) -> str:
        """Return the name under which is kept what depends on ``parts`` and ``files``."""
        for file in files:
            if file not in self._hashes:
                self._hashes[file] = hashlib.sha256(file.read_bytes()).hexdigest()
        ours = sorted((str(f.relative_to(self.project.root)), self._hashes[f]) for f in files)
        text = json.dumps([_installed(), ours, *parts])
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    def run(self, program: Path) -> Run:
        """Run one program, or recall what it did."""
        return self.run_all([program])[program]

    def run_all(self, programs: Iterable[Path]) -> dict[Path, Run]:
        """Run programs, each in its own process, or recall what they did."""
        folder = self.project.cache / "runs"
        keys = {program: self.key_of(program) for program in sorted(set(programs))}
        missing = {p: key for p, key in keys.items() if not _ended(folder / f"{key}.json")}
        if missing:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=folder) as scratch:
                self._run_missing(missing, folder, Path(scratch))
        found = {}
        for program, key in keys.items():
            kept = json.loads((folder / f"{key}.json").read_text("utf-8"))
            names = folder / f"{key}.pickle"
            found[program] = Run(kept["stdout"], kept["error"], names, kept.get("shown", {}))
        return found

    def has_run(self, program: Path) -> bool:
        """Return whether what a program does is known, so that it need not run."""
        return _ended(self.project.cache / "runs" / f"{self.key_of(program)}.json")

    def extras(self, program: Path) -> set[str]:
        """Return the extras of the package that a program needs, also by way of ours."""
        modules, _ = self._reach(program.read_text("utf-8-sig"))
        tops = {name.partition(".")[0] for name in modules}
        return tops & self.project.extras

    def lacks(self, program: Path) -> set[str]:
        """Return the extras that a program needs and that are missing."""
        return {name for name in self.extras(program) if find_spec(name) is None}

    def _reach(self, text: str) -> tuple[set[str], set[Path]]:
        """Return the modules that a program imports, one through another, and our files there.

        Ours are what lies in src, and what figures share. What lies in a package and is no
        module is counted as well, for its modules may read it.
        """
        found, files, waiting = set[str](), set[Path](), set(_modules(text))
        while waiting:
            name = waiting.pop()
            found.add(name)
            if name not in self._looked_at:
                self._looked_at[name] = self._look_at(name)
            imports, own = self._looked_at[name]
            files.update(own)
            waiting |= imports - found
        return found, files

    def _look_at(self, name: str) -> tuple[frozenset[str], list[Path]]:
        """Return what a module imports, and its files; nothing, if it is not ours."""
        imports, files = frozenset[str](), list[Path]()
        for folder in (self.project.source, self.project.figures):
            inner = folder.joinpath(*name.split("."))
            for file in filter(Path.is_file, (inner.with_suffix(".py"), inner / "__init__.py")):
                package = name if file.parent == inner else name.rpartition(".")[0]
                imports |= _modules(file.read_text("utf-8-sig"), package)
                files += [file, *(_data(inner) if file.parent == inner else ())]
        return imports, files

    def key_of(self, program: Path) -> str:
        """Return the name under which a program's run is kept; of a lab, its code alone counts."""
        lab = self.project.is_lab(program)
        text = read_lab(program).program if lab else program.read_text("utf-8-sig")
        inner = str(program.relative_to(self.project.root))
        # A figure may draw what was measured, and so may what all figures share.
        drawn = self._measured if program.is_relative_to(self.project.figures) else ""
        files = self._reach(text)[1]
        return self.key(_KERNEL if lab else _CHILD, inner, text, drawn, files=files)

    def _run_missing(self, missing: dict[Path, str], folder: Path, scratch: Path) -> None:
        """Run programs and keep what they did."""
        for program in filter(self.project.is_lab, list(missing)):
            self._run_lab(program, folder / missing.pop(program), scratch)
        jobs = [
            {"listing": str(program)} | {part: str(scratch / f"{key}.{part}") for part in _PARTS}
            for program, key in missing.items()
        ]
        if not jobs:
            return
        done = self._python(
            "press.child", "run", stdin=json.dumps({"jobs": jobs, "limit_s": self.limit_s})
        )
        if done.returncode != 0:
            raise RuntimeError(f"the runner failed:\n{done.stderr}")
        for job, key in zip(jobs, missing.values(), strict=True):
            status, names = Path(job["status"]).read_text("utf-8"), Path(job["names"])
            error = ""
            if status == "0" and names.is_file():
                names.replace(folder / f"{key}.pickle")
            else:
                error = _tail(Path(job["stderr"])) or f"it ended with status {status}, silently"
            stdout = Path(job["stdout"]).read_text("utf-8", errors="backslashreplace")
            ran = {"stdout": stdout, "error": error, "ended": status != LATE}
            _write(folder / f"{key}.json", json.dumps(ran))

    def _run_lab(self, program: Path, kept: Path, scratch: Path) -> None:
        """Run a lab in a kernel and keep what it did under the name ``kept``."""
        names, result = scratch / "names", scratch / "result"
        job = {
            "cells": [[cell.name, cell.source] for cell in read_lab(program).code_cells],
            "limit_s": self.cell_limit_s,
            "names": str(names),
            "result": str(result),
        }
        done = self._python("press.kernel", stdin=json.dumps(job), **self._quiet_jupyter(scratch))
        if done.returncode != 0:
            raise RuntimeError(f"the kernel failed:\n{done.stderr}")
        ran = json.loads(result.read_text("utf-8"))
        if not ran["error"]:
            names.replace(kept.with_suffix(".pickle"))
        ran = {"stdout": "", "error": ran["error"], "ended": not ran["late"], "shown": ran["shown"]}
        _write(kept.with_suffix(".json"), json.dumps(ran))

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
        }

    def evaluate(self, question: dict[str, Any]) -> dict[str, Any]:
        """Evaluate a page's expressions (see `press.child`), or recall the answers.

        Each answer is kept by itself, so that an edit evaluates what it adds and no more.
        """
        asked = {kind: question[kind] for kind in ("values", "truths", "identities")}
        context = {key: value for key, value in question.items() if key not in asked}
        symbols = Path(question["symbols"])
        drawn = symbols.read_text("utf-8") if symbols.is_file() else ""
        # What files say counts, not where they lie; names of a run are filed under its key.
        runs = {path: Path(names).name for path, names in question["listings"].items()}
        known_by = context | {"symbols": drawn, "listings": runs}
        key = self.key(_CHILD, json.dumps(known_by, sort_keys=True, default=str))
        record = self.project.cache / "answers" / f"{key}.json"
        known = json.loads(record.read_text("utf-8")) if record.is_file() else {}
        missing = {
            kind: [each for each in these if json.dumps([kind, each]) not in known]
            for kind, these in asked.items()
        }
        if any(missing.values()):
            done = self._python(
                "press.child", "evaluate", stdin=json.dumps(context | missing, default=str)
            )
            if done.returncode != 0:
                raise RuntimeError(f"the evaluator failed:\n{done.stderr}")
            for kind, answers in json.loads(done.stdout).items():
                for each, answer in zip(missing[kind], answers, strict=True):
                    known[json.dumps([kind, each])] = answer
            record.parent.mkdir(parents=True, exist_ok=True)
            _write(record, json.dumps(known))
        return {
            kind: [known[json.dumps([kind, each])] for each in these]
            for kind, these in asked.items()
        }

    def _python(
        self, module: str, *command: str, stdin: str, **settings: str
    ) -> "subprocess.CompletedProcess[str]":
        """Run a module of the press in a process of its own."""
        ours = (str(self.project.source), str(self.project.figures))
        environment = os.environ | {
            "PYTHONPATH": os.pathsep.join((*ours, str(_press_parent()))),
            "PYTHONHASHSEED": "0",
            "PYTHONIOENCODING": "utf-8",
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
            "COLUMNS": "80",
            **settings,
        }
        return subprocess.run(  # noqa: S603 - our own interpreter, our own module
            [sys.executable, "-m", module, *command, *ours],
            input=stdin,
            capture_output=True,
            encoding="utf-8",
            env=environment,
            cwd=self.project.root,
            check=False,
        )


@lru_cache(maxsize=1024)
def _modules(text: str, package: str = "") -> frozenset[str]:
    """Return the modules, and those that they lie in, that a file imports; none if unreadable.

    What a name is that comes ``from`` a module, a file has to tell: it is returned as well.
    """
    try:
        nodes = list(ast.walk(ast.parse(text)))
    except SyntaxError:
        return frozenset()
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    for node in nodes:
        if isinstance(node, ast.ImportFrom):
            above = package.split(".")[: 1 - node.level or None] if node.level else []
            for each in node.names:
                names.add(".".join(filter(None, (*above, node.module, each.name))))
    parts = (name.split(".") for name in names)
    return frozenset(".".join(each[:n]) for each in parts for n in range(1, len(each) + 1))


def _data(package: Path) -> list[Path]:
    """Return the files of a package that are no modules."""
    return [
        path for path in package.rglob("*") if path.is_file() and path.suffix not in {".py", ".pyc"}
    ]


def _ended(record: Path) -> bool:
    """Return whether a record is of a run that ended by itself; one that was stopped may end."""
    return record.is_file() and bool(json.loads(record.read_text("utf-8"))["ended"])


def _press_parent() -> Path:
    """Return the folder that this very package was imported from."""
    return Path(__file__).resolve().parents[1]


def _tail(stderr: Path) -> str:
    """Return the last line of a traceback that says something."""
    text = stderr.read_text("utf-8", errors="replace") if stderr.is_file() else ""
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else ""


def _write(path: Path, text: str) -> None:
    """Write a file whole or not at all, for another process may read it."""
    partial = path.with_suffix(f".{os.getpid()}.partial")
    partial.write_text(text, "utf-8")
    partial.replace(path)
