"""Evaluate the expressions of pages, away from the process that asks.

    python -m press.execute.evaluator FOLDER … < questions > answers

The folders hold modules that somebody is editing. A line holds the question of one page, or its
answers; so the modules of many pages are imported once.
"""

import ast
import builtins
import json
import math
import sys
import types
from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from press.execute.bindings import Bindings
from press.execute.cases import names_in_state
from press.execute.fresh_modules import compile_anew
from press.syntax.names import names_in
from press.syntax.states import FIGURE

__all__ = ["Facts", "evaluate", "warm_up"]

DRAWS = 5  # how often an identity must hold
TOLERANCE = 1e-9
HELPERS = (
    "abs all any bool enumerate float int len list max min range round set sorted str sum tuple zip"
)

# What expressions may use besides their names; identities have the constants of mathematics.
SAFE_BUILTINS = {name: getattr(builtins, name) for name in HELPERS.split()} | {"pi": math.pi}


class Facts(Mapping[str, Any]):
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
        return Facts(f"{self._name}.{name}", value) if isinstance(value, dict) else value

    def __iter__(self) -> Any:
        return iter(self._table)

    def __len__(self) -> int:
        return len(self._table)


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
        raise TypeError(
            f"a value must be a number, vector or matrix; got {type(value).__name__} {value!r:.60}"
        )
    if isinstance(value, float) and not math.isfinite(value):
        raise TypeError(f"a value must be a finite number; got {value}")
    return str(Fraction(value))


def evaluate(question: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Evaluate the numbers, conditions and identities of one page.

    Args:
        question: ``listings``, the key of each listing's run; ``names``, the folder where what
            they bind is kept; ``shown``, the listings of the page itself; ``facts``; ``symbols``,
            the file that draws the symbols of identities; ``interactive``, the folder of the
            interactive figures; and what to evaluate: ``values`` (each an ``expression``, ``among``
            some listings or in a state of a figure), ``conditions``, ``identities``.

    Returns:
        For each of the three an answer per expression, {"is": result} or {"error": text}.
    """
    warm_up()
    facts = {name: Facts(name, table) for name, table in question["facts"].items()}
    bindings = Bindings(question["names"], question["listings"])
    scope = _Scope(bindings, facts, question["shown"], Path(question.get("interactive", "")))
    return {
        "values": [
            _attempt(scope.value_of, case["expression"], case["among"])
            for case in question["values"]
        ],
        "conditions": [_attempt(scope.holds, condition) for condition in question["conditions"]],
        "identities": [
            _attempt(identity, question["symbols"], expression)
            for expression in question["identities"]
        ],
    }


def warm_up() -> None:
    """Let NumPy import what its methods need: an expression has no import to do it with."""
    for method in ("all", "any", "max", "mean", "min", "prod", "std", "sum", "var"):
        getattr(np.ones(1), method)()


def _attempt(function: Callable[..., Any], *arguments: Any) -> dict[str, Any]:
    """Return {"is": result} or {"error": text}."""
    try:
        return {"is": function(*arguments)}
    except Exception as error:  # noqa: BLE001 - expressions may raise anything
        return {"error": f"{type(error).__name__}: {error}"}


class _Scope:
    """What names mean on a page."""

    def __init__(
        self, bindings: Bindings, facts: dict[str, Facts], shown: list[str], figures: Path
    ) -> None:
        self.bindings = bindings
        self.facts = facts
        self.shown = shown
        self.figures = figures

    def value_of(self, expression: str, among: list[str]) -> Any:
        """Evaluate one number's expression, in one listing if it names one."""
        if among and among[0].startswith(FIGURE):
            return encode(eval(expression, self.names_of_figure(expression, among[0])))  # noqa: S307
        listings = among or self.shown
        if unknown := set(listings) - set(self.bindings.listings):
            raise NameError(
                f"an expression must name a listing that ends well; {', '.join(unknown)} is none"
            )
        return encode(eval(expression, self.names_of(expression, listings)))  # noqa: S307

    def holds(self, condition: str) -> bool:
        """Evaluate one condition of a page."""
        result = eval(condition, self.names_of(condition, self.shown))  # noqa: S307
        return bool(np.all(result))

    def names_of_figure(self, expression: str, figure: str) -> dict[str, Any]:
        """Return what the names of an expression mean in a state of an interactive figure.

        Raises:
            NameError: if none is a name of the figure: such an expression proves nothing.
        """
        name, _, state = figure.removeprefix(FIGURE).partition("?")
        known = names_in_state(self.figures / name, state)
        if not (names_in(expression) - _bound_inside(expression)) & known.keys():
            raise NameError("an expression must use a name of the figure; this proves nothing")
        return known | {"__builtins__": SAFE_BUILTINS}

    def names_of(self, expression: str, listings: list[str]) -> dict[str, Any]:
        """Return what the names of an expression mean on its page.

        Raises:
            NameError: if a name is unknown or ambiguous, or if no name comes from a listing, the
                file of sources or a recorded measurement: such an expression proves nothing.
        """
        known: dict[str, Any] = {}
        proves = False
        for name in names_in(expression) - _bound_inside(expression):
            if name in self.facts:
                known[name], proves = self.facts[name], True
                continue
            is_bound, value = self.bindings.look_up(name, listings)
            if is_bound:
                known[name] = value
                proves = proves or not isinstance(value, types.ModuleType)
            elif name not in SAFE_BUILTINS:
                where = ", ".join(listings) or "none"
                raise NameError(
                    f"a name must be one that a listing of this page binds ({where}); got {name}"
                )
        if not proves:
            raise NameError(
                "an expression must use a name that a listing binds; this proves nothing"
            )
        return known | {"__builtins__": SAFE_BUILTINS}


def _bound_inside(expression: str) -> set[str]:
    """Return the loop variables and parameters that an expression makes itself."""
    tree = ast.parse(expression, mode="eval")
    made = {
        n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    }
    return made | {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}


def identity(symbols: str, expression: str) -> str:
    """Return "" if an identity holds on every draw of the symbols, else where it fails."""
    drawn: dict[str, Any] = {}
    exec(compile(Path(symbols).read_text("utf-8-sig"), symbols, "exec"), drawn)  # noqa: S102
    tree = ast.parse(expression, mode="eval").body
    if not isinstance(tree, ast.Compare):
        raise SyntaxError("an identity must be a comparison, left == right")  # noqa: TRY004
    sides = [tree.left, *tree.comparators]
    codes = [compile(ast.Expression(side), "identity", "eval") for side in sides]
    for seed in range(DRAWS):
        scope = drawn["draw"](np.random.default_rng(seed)) | {"__builtins__": SAFE_BUILTINS}
        if not names_in(expression) & set(scope):
            raise NameError("an identity must use a symbol of docs/symbols.py; this proves nothing")
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
    raise SyntaxError("an identity must compare with == != < <= > >=")


def _short(value: Any) -> str:
    return np.array2string(np.asarray(value), precision=6, threshold=6).replace("\n", " ")


if __name__ == "__main__":
    compile_anew(sys.argv[1:])
    answers, sys.stdout = sys.stdout, sys.stderr  # what a module prints answers nothing
    for line in sys.stdin:
        print(json.dumps(evaluate(json.loads(line))), file=answers, flush=True)
