"""Run listings, or evaluate a page's expressions, away from the process that asks.

    python -m press.execute.worker run FOLDER … < jobs > numbers of the jobs that ended, one a line
    python -m press.execute.worker evaluate FOLDER … < question > answer

The folders hold modules that somebody is editing.

A listing cannot disturb the process that renders or checks, and edited modules are
imported afresh. Listings start as forks of a process that has imported what they import and
has computed nothing: each still has a namespace, modules and an end of its own, and starts in
milliseconds. (PyTorch does not survive a fork once its threads run; before that it does.)
"""

import ast
import builtins
import importlib
import json
import math
import multiprocessing
import os
import pickle
import sys
import time
import traceback
import types
from collections.abc import Collection, Mapping
from contextlib import suppress
from fractions import Fraction
from importlib.machinery import FileFinder, SourceFileLoader
from pathlib import Path
from typing import Any

import cloudpickle
import numpy as np

from press.execute.cache import Store

DRAWS = 5  # how often an identity must hold
TOLERANCE = 1e-9
LATE = "late"  # the status of a program that was stopped
HELPERS = (
    "abs all any bool enumerate float int len list max min range round set sorted str sum tuple zip"
)

# What expressions may use besides their names; identities have the constants of mathematics.
SAFE_BUILTINS = {name: getattr(builtins, name) for name in HELPERS.split()} | {"pi": math.pi}


class _Anew(SourceFileLoader):
    """Compile a module each time it is imported.

    Python tells an edited file by its size and the second of its change, and two edits may
    share both: a compiled module that it finds may be stale.
    """

    def get_code(self, fullname: str) -> types.CodeType:
        path = self.get_filename(fullname)
        return self.source_to_code(self.get_data(path), path)


def compile_anew(folders: list[str]) -> None:
    """Let no module below these folders come from a compiled file."""
    finder = FileFinder.path_hook((_Anew, [".py"]))

    def find(path: str) -> Any:
        if not any(Path(path).is_relative_to(folder) for folder in folders):
            raise ImportError(path)
        return finder(path)

    sys.path_hooks.insert(0, find)
    sys.path_importer_cache.clear()


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
                Path(job["stderr"]).write_text(f"did not end within {limit_s:g} s", "utf-8")
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


class Records(Mapping[str, Any]):
    """What is cited or was measured, by dots: ``facts.bert_base.d_k``."""

    def __init__(self, name: str, table: dict[str, Any]) -> None:
        self._name = name
        self._table = table

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f"{self._name} holds no {name!r}") from None

    def __getitem__(self, name: str) -> Any:
        value = self._table[name]
        return Records(f"{self._name}.{name}", value) if isinstance(value, dict) else value

    def __iter__(self) -> Any:
        return iter(self._table)

    def __len__(self) -> int:
        return len(self._table)


def names_in(expression: str) -> set[str]:
    """Return the names that an expression reads."""
    tree = ast.parse(expression, mode="eval")
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


class Names:
    """The union of several listings' names, loaded when asked for."""

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
        if not all(same(values[0], value) for value in values[1:]):
            where = " and ".join(binding)
            raise NameError(
                f"{name} has different values in {where}; qualify it: {{= listing: {name}}}"
            )
        return True, values[0]


def same(one: Any, other: Any) -> bool:
    """Return whether two listings bound the same thing."""
    with suppress(Exception):  # what cannot be compared may still be the same to the byte
        if np.array_equal(one, other):
            return True
    return bool(cloudpickle.dumps(one) == cloudpickle.dumps(other))


def encode(value: Any) -> Any:
    """Return a value as JSON: exact fractions as text, lists of these, or {"text": …}."""
    if hasattr(value, "detach"):
        value = value.detach().cpu().numpy()
    if isinstance(value, np.ndarray):
        value = value.tolist() if value.ndim else value.item()
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, str):
        return {"text": value}
    if isinstance(value, list | tuple):
        return [encode(part) for part in value]
    if isinstance(value, bool) or not isinstance(value, int | float | Fraction):
        raise TypeError(f"a number, vector or matrix; got {type(value).__name__} {value!r:.60}")
    if isinstance(value, float) and not math.isfinite(value):
        raise TypeError(f"a finite number; got {value}")
    return str(Fraction(value))


def evaluate(question: dict[str, Any]) -> dict[str, Any]:
    """Evaluate the numbers, conditions and identities of one page."""
    _warm_up()
    names = Names(question["names"], question["listings"])
    records = {name: Records(name, table) for name, table in question["records"].items()}
    own = question["own"]
    values = [attempt(value_of, names, records, own, each) for each in question["values"]]
    truths = [attempt(truth_of, names, records, own, each) for each in question["truths"]]
    identities = [attempt(identity, question["symbols"], each) for each in question["identities"]]
    return {"values": values, "truths": truths, "identities": identities}


def _warm_up() -> None:
    """Let NumPy import what its methods need: an expression has no import to do it with."""
    for method in ("all", "any", "max", "mean", "min", "prod", "std", "sum", "var"):
        getattr(np.ones(1), method)()


def attempt(function: Any, *arguments: Any) -> dict[str, Any]:
    """Return {"is": result} or {"error": text}."""
    try:
        return {"is": function(*arguments)}
    except Exception as error:  # noqa: BLE001 - expressions may raise anything
        return {"error": f"{type(error).__name__}: {error}"}


def bound(
    names: Names, records: dict[str, Records], own: list[str], expression: str
) -> dict[str, Any]:
    """Return what the names of an expression mean on its page.

    Raises:
        NameError: if a name is unknown or ambiguous, or if no name comes from a listing, the
            file of sources or a recorded measurement: such an expression proves nothing.
    """
    known: dict[str, Any] = {}
    proves = False
    locals_ = _bound_inside(expression)
    for name in names_in(expression) - locals_:
        if name in records:
            known[name], proves = records[name], True
            continue
        found, value = names.look_up(name, own)
        if found:
            known[name] = value
            proves = proves or not isinstance(value, types.ModuleType)
        elif name not in SAFE_BUILTINS:
            where = ", ".join(own) or "none"
            raise NameError(f"a name that a listing of this page binds ({where}); got {name}")
    if not proves:
        raise NameError("an expression uses a name that a listing binds; this proves nothing")
    return known | {"__builtins__": SAFE_BUILTINS}


def _bound_inside(expression: str) -> set[str]:
    """Return the loop variables and parameters that an expression makes itself."""
    tree = ast.parse(expression, mode="eval")
    made = {
        n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    }
    return made | {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}


def value_of(
    names: Names, records: dict[str, Records], own: list[str], each: dict[str, Any]
) -> Any:
    """Evaluate one number's expression, in one listing if it names one."""
    expression, among = each["expression"], each["among"] or own
    if unknown := set(among) - set(names.listings):
        raise NameError(f"a listing that ends well; {', '.join(unknown)} is none")
    return encode(eval(expression, bound(names, records, among, expression)))  # noqa: S307


def truth_of(names: Names, records: dict[str, Records], own: list[str], expression: str) -> bool:
    """Evaluate one condition of a page."""
    result = eval(expression, bound(names, records, own, expression))  # noqa: S307
    return bool(np.all(result))


def identity(symbols: str, expression: str) -> str:
    """Return "" if an identity holds on every draw of the symbols, else where it fails."""
    drawn: dict[str, Any] = {}
    exec(compile(Path(symbols).read_text("utf-8-sig"), symbols, "exec"), drawn)  # noqa: S102
    tree = ast.parse(expression, mode="eval").body
    if not isinstance(tree, ast.Compare):
        raise SyntaxError("an identity is a comparison, left == right")  # noqa: TRY004
    sides = [tree.left, *tree.comparators]
    codes = [compile(ast.Expression(side), "identity", "eval") for side in sides]
    for seed in range(DRAWS):
        scope = drawn["draw"](np.random.default_rng(seed)) | {"__builtins__": SAFE_BUILTINS}
        if not names_in(expression) & set(scope):
            raise NameError("an identity uses a symbol of docs/symbols.py; this proves nothing")
        values = [eval(code, scope) for code in codes]  # noqa: S307
        for left, operator, right in zip(values, tree.ops, values[1:], strict=False):
            if not holds(left, operator, right):
                return f"draw {seed}: {_short(left)} against {_short(right)}"
    return ""


def holds(left: Any, operator: ast.cmpop, right: Any) -> bool:
    """Return whether a comparison of two drawn values holds."""
    close = np.shape(left) == np.shape(right) and np.allclose(
        np.asarray(left, dtype=float), np.asarray(right, dtype=float), TOLERANCE, TOLERANCE
    )
    if isinstance(operator, ast.Eq):
        return bool(close)
    if isinstance(operator, ast.NotEq):
        return not close
    if isinstance(operator, ast.LtE):
        return bool(np.all((np.asarray(left) <= np.asarray(right)) | close))
    if isinstance(operator, ast.GtE):
        return bool(np.all((np.asarray(left) >= np.asarray(right)) | close))
    if isinstance(operator, ast.Lt):
        return bool(np.all(np.asarray(left) < np.asarray(right)))
    if isinstance(operator, ast.Gt):
        return bool(np.all(np.asarray(left) > np.asarray(right)))
    raise SyntaxError("an identity compares with == != < <= > >=")


def _short(value: Any) -> str:
    return np.array2string(np.asarray(value), precision=6, threshold=6).replace("\n", " ")


if __name__ == "__main__":
    compile_anew(sys.argv[2:])
    if sys.argv[1] == "run":
        question = json.load(sys.stdin)
        run_all(question["jobs"], question["limit_s"], sys.argv[2:])
    else:
        json.dump(evaluate(json.load(sys.stdin)), sys.stdout)
