"""Tests that passed are not run again while nothing has changed that they can depend on.

What the tests of a file can depend on is its text, the conftest.py and the helpers beside it and
above it, the modules of src that all of these import, one through another, what READS names for
their folder, what is installed, and the arithmetic and the settings that they run under. A file
that opens anything else of the project is found out, and its tests run each time.

`make test` leaves out what passed, `pytest --kept` does; plain `pytest` runs what it is told to.

The slowest tests whose inputs are known are gates. Where what they depend on is what gates.sha256
names, they passed with it: `make gates` ran them and wrote it. Any edit of it makes them run again
with `make test`, and by night they run in any case.

    python tests/kept.py     runs the gates and records what they passed with
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cached_property
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

import pytest

from press.execute.cache import Store
from press.execute.imports import Imports, hash_of, text_hash
from press.execute.machine import signature

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src"
OF_PRESS = ("src/press", "docs/theme", "mkdocs.yml", "package-lock.json", "pyproject.toml")
# Beside what they import. What is not named here can depend on the whole project, as None can.
READS: dict[str, tuple[str, ...] | None] = {
    "tests/press/check/test_seeded_faults.py": None,
    "tests/press/render/test_extension.py": None,
    "src/attention": (),
    "src/press": ("src/press",),
    "tests/attention/gpu/test_beside_numpy.py": ("docs/listings/gpu/powers.py",),
    "tests/attention/test_import.py": ("src/attention",),
    "tests/attention/test_texts.py": ("src/attention",),
    "tests/attention/transformers_models": ("tests/attention/transformers_models/models.toml",),
    "tests/attention": (),
    "tests/interactive": (
        *("docs/interactive", "docs/figures/draw.py", "package.json", "pyproject.toml", "src"),
    ),
    "tests/measured": (
        *("docs/measured", "docs/sources.toml", "docs/listings/kv-cache"),
        "pyproject.toml",
    ),
    "tests/press/syntax/test_lab.py": (*OF_PRESS, "docs/labs"),
    "tests/press/check/test_interactive.py": (
        *(*OF_PRESS, "docs/figures/draw.py", "package.json", "src"),
    ),
    "tests/press/execute/test_figures.py": (*OF_PRESS, "docs/interactive", "package.json", "src"),
    "tests/press/render/test_drawings.py": (*OF_PRESS, "docs/figures"),
    "tests/press/render/test_sightings.py": (*OF_PRESS, "docs/sources.toml"),
    "tests/press/syntax/test_definitions.py": (*OF_PRESS, "src/attention"),
    "tests/press": OF_PRESS,
    "tests/site/test_serve.py": (  # and the pages that it edits
        *("src/press", "src/attention/similarity.py", "docs/theme", "docs/assets"),
        *("docs/labs/scaling.py", "mkdocs.yml", "pyproject.toml", "package-lock.json"),
        *("docs/interactive", "src/interactive", "package.json"),
        *(f"docs/{la}/{page}.md" for la in ("en", "zh") for page in ("index", "transpose")),
    ),
}
GATES = (
    "tests/attention/gpu/test_bench.py",
    "tests/attention/gpu/test_compiled.py",
    "tests/attention/gpu/test_interpreter.py",
    "tests/attention/test_compile.py",
    "tests/attention/test_transformers.py",
    "tests/attention/transformers_models/test_walk.py",
    "tests/measured/test_models.py",
    "tests/measured/test_training.py",
    "tests/measured/test_why_dot_product.py",
    "tests/press/execute/test_lab_run.py",
    "tests/press/check/test_portable.py",
    "tests/press/record/test_update.py",
    "tests/press/serve/test_proof.py",
    "tests/site/test_serve.py",
)
CHOSEN_BY_DAY = "not nightly "  # the words of -m and -k with which `make test` runs
RECORD = Path(__file__).with_name("gates.sha256")
SETTINGS = ("CI", "HYPOTHESIS_PROFILE", "PYTHONOPTIMIZE", "TRITON_INTERPRET")
KEPT_S = 30 * 24 * 3600  # a branch that was left may be returned to
ELSEWHERE = {".cache", ".git", ".hypothesis", ".mypy_cache", ".pytest_cache", ".ruff_cache"}
ELSEWHERE |= {".venv", "node_modules", "__pycache__"}  # not the project's own files, nor is site/
ELSEWHERE |= {".pdbrc", "<unknown>"}  # what doctest's debugger looks for, and the text of no file


class _OpenItem:
    """A test that runs, or does not have to, and that is remembered by itself."""

    def __init__(self, key: str, reads: Path | None) -> None:
        """Keep under what it is remembered, and the folder where it notes what it opens."""
        self.key = key
        self.reads = reads
        self.read = set[str]()
        self.passed = False

    def hash_of(self, name: str) -> str:
        """Return the hash of a file of that folder or of the project; none, if it is not there."""
        folders = (self.reads, ROOT) if self.reads else (ROOT,)
        path = next((path for f in folders if (path := f / name).is_file()), None)
        return text_hash(path) if path else ""


class Kept:
    """What is remembered of the tests of one run of pytest."""

    def __init__(self, store: Store, chosen: str) -> None:
        """Keep where to remember, and the words that choose tests; nothing is looked at yet."""
        self.store = store
        self.chosen = chosen
        self.imports = Imports((SOURCE,))
        self.keys: dict[Path, str | None] = {}
        self.passed: dict[Path, set[str]] = {}
        self.there: dict[Path, set[str]] = {}
        self.recalled = self.gates = 0
        self.opened: dict[Path, set[Path]] = {}
        self.data: dict[Path, set[Path]] = {}
        self.unsaid: dict[Path, set[Path]] = {}
        self.now: Path | None = None
        self.open_item: _OpenItem | None = None
        sys.addaudithook(self._note)

    # ------------------------------------------------------------- what a file depends on

    @cached_property
    def common(self) -> list[str]:
        """What all tests depend on."""
        installed = sorted(f"{d.name} {d.version}" for d in distributions())
        set_outside = [f"{name}={os.environ.get(name)}" for name in SETTINGS]
        locks = [text_hash(ROOT / "package-lock.json"), text_hash(Path(__file__))]
        return [sys.version, *installed, *set_outside, *locks, signature(os.environ), self.chosen]

    @cached_property
    def everything(self) -> list[Path] | None:
        """The files of the project; None where that cannot be told."""
        command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        try:
            done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
        except (OSError, subprocess.CalledProcessError):
            return None
        names = done.stdout.decode("utf-8").split("\0")
        return [path for name in names if name and (path := ROOT / name).is_file()]

    def inputs(self, file: Path) -> set[Path] | None:
        """Return the files that the tests of a file can depend on; None if that is unknown."""
        reads = next((READS[name] for name in READS if file.is_relative_to(ROOT / name)), None)
        if reads is None:
            return None if self.everything is None else {file, *self.everything}
        found = {file, *_helpers(file)}
        for name in reads:
            found |= {ROOT / name} if (ROOT / name).is_file() else set(_files(ROOT / name))
        texts = [path.read_text("utf-8") for path in found if path.suffix == ".py"]
        if file.is_relative_to(SOURCE):  # with the packages that it lies in
            texts.append(f"import {'.'.join(file.relative_to(SOURCE).with_suffix('').parts)}")
        for text in texts:
            found |= self.imports.of(text)[1]
        return found

    def key(self, file: Path) -> str | None:
        """Return the name under which the passed tests of a file are kept; None if they are not."""
        if file not in self.keys:
            inputs = self.inputs(file)
            if inputs is None:
                self.keys[file] = None
            else:
                hashes = sorted((str(p.relative_to(ROOT)), self.imports.hash_of(p)) for p in inputs)
                self.keys[file] = hash_of(json.dumps([self.common, str(file), hashes]))[:32]
        return self.keys[file]

    def skip_if_passed(
        self, item: pytest.Item, *depends_on: str, reads: Path | None = None
    ) -> None:
        """Skip a test that passed before with all that it alone depends on.

        Args:
            item: a test whose file depends on much more than it does.
            depends_on: hashes of what it depends on, beside its file, its helpers, the modules
                that these import and the data that its file reads when it is imported.
            reads: a folder that the test reads, itself or by a server of this process. Then it
                also depends on what it opened there, and in the project, when it passed.
        """
        own = [item.path, *_helpers(item.path)]
        for text in [path.read_text("utf-8") for path in own]:
            own += sorted(self.imports.of(text)[1])
        own += self.data.get(item.path, ())
        hashes = sorted({(str(p.relative_to(ROOT)), self.imports.hash_of(p)) for p in own})
        parts = json.dumps([self.common, item.nodeid, hashes, depends_on])
        self.open_item = _OpenItem(hash_of(parts)[:32], reads)
        before = self.store.get(self.open_item.key)
        if before is not None and before == {n: self.open_item.hash_of(n) for n in before}:
            self.open_item.read = set(before)
            self.open_item.passed = True
            pytest.skip("it passed before, and nothing that it depends on has changed")

    # ------------------------------------------------------------------ recalling, keeping

    def gate(self, file: Path) -> str:
        """Return the line that says with what the tests of a gate passed.

        It names neither the machine nor a path: Python, PyTorch, the locked packages and files.
        """
        inputs = {*(self.inputs(file) or ()), ROOT / "requirements" / "test.txt"}
        inputs |= {ROOT / "package-lock.json", ROOT / "pyproject.toml"}
        names = sorted((p.relative_to(ROOT).as_posix(), self.imports.hash_of(p)) for p in inputs)
        torch = re.search(r"^TORCH := .*$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
        facts = [sys.platform, sys.version_info[:2], torch and torch[0], self.chosen, names]
        return f"{hash_of(json.dumps(facts))}  {file.relative_to(ROOT).as_posix()}"

    def is_gate_closed(self, file: Path) -> bool:
        """Return whether a file is a gate that passed with just what it depends on now."""
        if file.is_relative_to(ROOT) and file.relative_to(ROOT).as_posix() in GATES:
            lines = RECORD.read_text("utf-8").splitlines() if RECORD.is_file() else []
            return self.gate(file) in lines
        return False

    def recall(self, file: Path) -> tuple[set[str], bool]:
        """Return the tests of a file that passed, and whether these are all that it holds."""
        kept = self.store.get(_entry(file)) if _has_tests(file) else None
        if kept is None or kept[0] != self.key(file):
            return set(), False
        return set(kept[1]), kept[2]

    def known(self, file: Path) -> set[str]:
        """Return the tests of a file that passed, before or now."""
        if file not in self.passed:
            self.passed[file] = self.recall(file)[0]
        return self.passed[file]

    def save(self) -> None:
        """Keep what passed, of files that opened nothing but what they can depend on."""
        for file, passed in self.passed.items():
            key = self.key(file) if passed and _has_tests(file) else None
            if not key:
                continue
            if unsaid := self.opened.get(file, set()) - (self.inputs(file) or set()):
                self.unsaid[file] = unsaid
            else:
                complete = self.there.get(file, set()) <= passed
                self.store.put(_entry(file), (key, sorted(passed), complete))

    def _note(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Note which files of the project the tests of which file open."""
        if event != "open" or self.now is None or not isinstance(arguments[0], str | os.PathLike):
            return
        if arguments[1] is None and not os.path.isabs(arguments[0]):  # noqa: PTH117
            return  # `os.open`, below a folder that it does not name: `shutil.rmtree` does so
        path = Path(os.path.abspath(os.fspath(arguments[0])))  # noqa: PTH100 - follows no link
        of_project = _is_own(path)
        if of_project:
            self.opened.setdefault(self.now, set()).add(path)
        if self.open_item and self.open_item.reads:
            if of_project:
                self.open_item.read.add(path.relative_to(ROOT).as_posix())
            elif path.is_relative_to(self.open_item.reads):
                self.open_item.read.add(path.relative_to(self.open_item.reads).as_posix())

    # ------------------------------------------------------------------------------ hooks

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(self, collector: pytest.Collector) -> Iterator[None]:
        """Know whose module is being imported, and which data of the tests it reads then."""
        before, self.now = self.now, getattr(collector, "path", None)
        try:
            return (yield)
        finally:
            if self.now:  # programs count as helpers, and are opened only to be compiled
                data = (path for path in self.opened.get(self.now, ()) if path.suffix != ".py")
                self.data[self.now] = {p for p in data if p.is_relative_to(ROOT / "tests")}
            self.now = before

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Know whose test runs."""
        self.now = item.path
        try:
            return (yield)
        finally:
            self.now = self.open_item = None

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Iterator[None]:
        """Note what passed, and take back what failed at its end."""
        report: Any = yield
        passed, alone = self.known(item.path), self.open_item
        if report.when == "call" and report.passed and not hasattr(report, "wasxfail"):
            passed.add(item.nodeid)
        elif report.failed:
            passed.discard(item.nodeid)
        elif report.when == "setup" and report.skipped and alone and alone.passed:
            passed.add(item.nodeid)
        if alone and report.when == "teardown" and item.nodeid in passed:
            self.store.put(alone.key, {name: alone.hash_of(name) for name in sorted(alone.read)})
        return report

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        """Leave out what passed."""
        for item in items:
            self.there.setdefault(item.path, set()).add(item.nodeid)
        kept = [item for item in items if item.nodeid in self.known(item.path)]
        items[:] = [item for item in items if item.nodeid not in self.known(item.path)]
        self.recalled += len(kept)
        if kept:
            config.hook.pytest_deselected(items=kept)

    def pytest_ignore_collect(self, collection_path: Path) -> bool | None:
        """Do not even read a file all of whose tests passed."""
        if not collection_path.is_file():
            return None
        if self.is_gate_closed(collection_path):
            self.gates += 1
            return True
        passed, complete = self.recall(collection_path)
        if not complete:
            return None
        self.recalled += len(passed)
        return True

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Keep what passed, also if the run was interrupted."""
        if not session.config.option.collectonly:
            self.save()
            self.store.sweep(KEPT_S)
        if self.recalled and session.exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED:
            session.exitstatus = pytest.ExitCode.OK  # all of them passed before

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Say what was not run."""
        if self.gates:
            terminalreporter.write_line(
                f"{self.gates} gates passed with what they depend on (`make gates` runs them)."
            )
        for file, paths in sorted(self.unsaid.items()):
            opened = ", ".join(sorted(path.relative_to(ROOT).as_posix() for path in paths)[:3])
            terminalreporter.write_line(
                f"{file.relative_to(ROOT).as_posix()} runs each time: READS of tests/kept.py does"
                f" not say that it opens {opened}."
            )
        if self.recalled:
            terminalreporter.write_line(
                f"{self.recalled} tests passed before, and nothing that they depend on has changed"
                " (`pytest` without --kept runs them)."
            )


def _entry(file: Path) -> str:
    """Return the name under which the tests of a file are kept: each has one entry, the newest."""
    return hash_of(file.relative_to(ROOT).as_posix())[:32]


def _has_tests(file: Path) -> bool:
    """Return whether a file holds tests; what proves a page is remembered by the press."""
    return file.suffix == ".py" and not file.is_relative_to(ROOT / "docs")


def _helpers(file: Path) -> Iterator[Path]:
    """Yield what lies beside a file of tests, or above it, and holds no tests itself."""
    if not file.is_relative_to(ROOT / "tests"):
        yield ROOT / "tests" / "conftest.py"
        return
    for folder in file.parents:
        yield from (p for p in sorted(folder.glob("*.py")) if not p.name.startswith("test_"))
        if folder == ROOT / "tests":
            return


def _is_own(path: Path) -> bool:
    """Return whether a path is one of the project's own, and not of what it installs or builds."""
    parts = path.relative_to(ROOT).parts if path.is_relative_to(ROOT) else ()
    return parts[:1] not in ((), ("site",)) and not ELSEWHERE.intersection(parts)


def _files(folder: Path) -> Iterator[Path]:
    """Yield the project's own files below a folder."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and _is_own(path):
            yield path


def main() -> int:
    """Run the gates, and record with what they passed."""
    command = [sys.executable, "-m", "pytest", *GATES]
    if status := subprocess.run(command, cwd=ROOT, check=False).returncode:
        return status
    kept = Kept(Store(ROOT / ".cache" / "gates"), CHOSEN_BY_DAY)
    lines = [kept.gate(ROOT / name) for name in GATES]
    RECORD.write_text("\n".join(lines) + "\n", "utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
