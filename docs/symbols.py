"""Random values for the symbols of the site's formulas, to test identities on.

An identity such as ``dot(a, b) == total(1, d, lambda i: a[i] * b[i])`` is evaluated on
several draws. Indices count from 1, as in the formulas. Every size is another prime, so
that a forgotten transpose fails. Nothing here uses ``attention``: the identities are a
second opinion on it.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

SIZES = {"d": 7, "d_k": 7, "d_v": 11, "d_model": 13, "n": 17, "n_q": 3, "n_k": 5, "n_heads": 2}
SIZES |= {"b_q": 19, "b_k": 23}  # queries and keys of a block


class Indexed(np.ndarray[Any, np.dtype[np.float64]]):
    """A vector or matrix whose indices count from 1: ``a[1]``, ``Q[1, 2]``, ``Q[:, 2]``."""

    def __getitem__(self, key: Any) -> Any:
        """Return one entry as a float, or a row or column that again counts from 1."""
        keys = key if isinstance(key, tuple) else (key,)
        found = self.view(np.ndarray)[tuple(map(_from_zero, keys))]
        return found.view(Indexed) if isinstance(found, np.ndarray) else float(found)

    def __iter__(self) -> Iterator[Any]:
        """Yield every entry or row; Python would otherwise start at index 0."""
        return (self[i] for i in range(1, len(self) + 1))


def _from_zero(index: Any) -> Any:
    """Return the index as Python counts it."""
    if isinstance(index, slice) and index == slice(None):
        return index
    if not isinstance(index, (int, np.integer)) or index < 1:
        raise IndexError(f"an index is `:` or an integer from 1; got {index!r}")
    return int(index) - 1


def total(first: int, last: int, term: Callable[[int], Any]) -> Any:
    """Return the sum of ``term(i)`` for i from ``first`` to ``last``, both included."""
    return sum(term(i) for i in range(first, last + 1))


def dot(a: Any, b: Any) -> float:
    """Return the dot product of two vectors."""
    return float(sum(x * y for x, y in zip(a.tolist(), b.tolist(), strict=True)))


def norm(a: Any) -> float:
    """Return the length of a vector."""
    return float(np.hypot.reduce(np.asarray(a)))


def angle(a: Any, b: Any) -> float:
    """Return the angle between two vectors in radians, from lengths alone.

    The sum and the difference of two unit vectors are the diagonals of a rhombus, which
    cross at right angles and halve its angles. So no dot product is needed, and identities
    that link dot product and angle are not circular.
    """
    u, v = a / norm(a), b / norm(b)
    return float(2 * np.arctan2(norm(u - v), norm(u + v)))


def softmax(scores: Any) -> Any:
    """Return the weights of each row, or of one vector: positive, with sum 1."""
    powers = np.exp(scores - np.max(np.asarray(scores), axis=-1, keepdims=True))
    return powers / np.sum(np.asarray(powers), axis=-1, keepdims=True)


def transpose(M: Any) -> Any:
    """Return the transpose."""
    return M.swapaxes(-1, -2)


def causal(scores: Any) -> Any:
    """Return the scores of a text that asks itself, -inf where a token would look ahead."""
    return np.where(np.tri(*scores.shape) > 0, scores, -np.inf).view(Indexed)


def earlier(weights: Any) -> Any:
    """Return the table with zeros above its diagonal."""
    return np.tril(weights).view(Indexed)


def turn(a: Any, angle: float) -> Any:
    """Return the first two entries of a vector, turned by an angle in radians."""
    turned = complex(a[1], a[2]) * np.exp(1j * angle)
    return np.array([turned.real, turned.imag])


def inverse(M: Any) -> Any:
    """Return the matrix that undoes M."""
    return np.linalg.inv(np.asarray(M)).view(Indexed)


def join(*tables: Any) -> Any:
    """Return tables side by side."""
    return np.concatenate(tables, axis=1).view(Indexed)


def stack(*tables: Any) -> Any:
    """Return tables one below the other."""
    return np.concatenate(tables, axis=0).view(Indexed)


def met(scores: Any, values: Any, keys: range) -> tuple[float, float, Any]:
    """Return highest score, total and mixture of a row that has met some of the keys."""
    highest = max(scores[j] for j in keys)
    powers = {j: np.exp(scores[j] - highest) for j in keys}
    return highest, sum(powers.values()), sum(powers[j] * values[j] for j in keys)


def draw(rng: np.random.Generator) -> dict[str, object]:
    """Return every symbol and helper of an identity, drawn afresh.

    Args:
        rng: source of the random entries, which are normal with mean 0 and variance 1.

    Returns:
        Sizes (``d``, ``d_k``, ``d_v``, ``d_model``, ``n``, ``n_q``, ``n_k``, ``n_heads``);
        vectors ``a``, ``b``, ``q``, ``k`` of width d; matrices ``Q`` (n_q, d_k), ``K`` (n_k,
        d_k), ``V`` (n_k, d_v), ``X`` (n, d_model), ``W_q``, ``W_k`` (d_model, d_k), ``W_v``
        (d_model, d_v), ``W_o`` (d_v, d_model), ``P`` (n, n), which reorders rows, ``R`` (d_k,
        d_k), invertible, and ``G`` (n, n); ``theta``, the angle between a and b in radians;
        ``c``, a positive scalar; ``s``, the scores of one query for n_k keys, ``p``, their
        weights, and ``g``, a gradient of that width; ``S`` (n, n), the scores of a text that
        asks itself, ``tokens``, the numbers of its tokens, and ``hidden`` (n, 1), what each
        gives to later ones; ``O_h`` (n_heads, n_q, d_v), what each head found, and ``W_h``
        (n_heads, d_v, d_model), its rows of W_o; ``m``, ``ell`` and ``z``, the highest score, the
        total and the mixture after the first keys of s, and ``block``, the numbers of the rest,
        ``m_new`` the highest score of all; ``lse_a``, ``o_a``, ``lse_b``, ``o_b``, what the
        first keys and the rest give by themselves, and ``lse``, that of all; ``b_q`` and ``b_k``,
        sizes of blocks; and the helpers of this module with ``diag``,
        ``outer``, ``sqrt``, ``exp``, ``log``, ``cos``, ``sin``, ``arccos`` and ``pi``.
    """

    def random(*axes: str) -> Indexed:
        return rng.standard_normal([SIZES[axis] for axis in axes]).view(Indexed)

    a, b = random("d"), random("d")
    s = random("n_k")
    S = random("n", "n")
    V = random("n_k", "d_v")
    first, rest = range(1, 3), range(3, SIZES["n_k"] + 1)
    (m, ell, z), (m_b, ell_b, z_b) = met(s, V, first), met(s, V, rest)
    return {
        **SIZES,
        "a": a,
        "b": b,
        "q": random("d"),
        "k": random("d"),
        "Q": random("n_q", "d_k"),
        "K": random("n_k", "d_k"),
        "V": V,
        "X": random("n", "d_model"),
        "W_q": random("d_model", "d_k"),
        "W_k": random("d_model", "d_k"),
        "W_v": random("d_model", "d_v"),
        "theta": angle(a, b),
        "c": float(rng.uniform(0.5, 3.0)),
        "W_o": random("d_v", "d_model"),
        "P": np.eye(SIZES["n"])[rng.permutation(SIZES["n"])].view(Indexed),
        "R": random("d_k", "d_k") + 5 * np.eye(SIZES["d_k"]),
        "G": random("n", "n"),
        "inverse": inverse,
        "total": total,
        "dot": dot,
        "norm": norm,
        "angle": angle,
        "softmax": softmax,
        "s": s,
        "p": softmax(s),
        "g": random("n_k"),
        "O_h": random("n_heads", "n_q", "d_v"),
        "W_h": random("n_heads", "d_v", "d_model"),
        "join": join,
        "stack": stack,
        "diag": np.diag,
        "outer": np.outer,
        "T": transpose,
        "sqrt": np.sqrt,
        "exp": np.exp,
        "log": np.log,
        "cos": np.cos,
        "sin": np.sin,
        "arccos": np.arccos,
        "pi": np.pi,
        "S": S,
        "tokens": range(1, SIZES["n"] + 1),
        "causal": causal,
        "earlier": earlier,
        "hidden": np.triu(softmax(S), 1).sum(axis=-1, keepdims=True),
        "alpha": float(rng.uniform(-9, 9)),  # by how much a query and a key are turned
        "beta": float(rng.uniform(-9, 9)),
        "B": (base := float(rng.uniform(2, 9))),
        "omega": lambda c: np.exp(-(c - 1) * np.log(base) / (SIZES["d"] / 2)),
        "turn": turn,
        "m": m,
        "ell": ell,
        "z": z,
        "block": rest,
        "m_new": max(m, m_b),
        "lse_a": m + np.log(ell),
        "o_a": z / ell,
        "lse_b": m_b + np.log(ell_b),
        "o_b": z_b / ell_b,
        "lse": float(np.log(np.sum(np.exp(np.asarray(s))))),
    }
