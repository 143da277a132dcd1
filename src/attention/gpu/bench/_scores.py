"""Measure what other score functions cost beside the dot product, in float32 without TF32.

``whole`` takes all pairs at once, as ``attention.score_functions`` does; ``pairwise`` handles each
pair by itself, many pairs side by side: what depends on the query alone is computed anew for each
key. ``fused`` is the additive score in one kernel.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch import Tensor

from attention.gpu.bench._grid import Bench, Candidate, Cells, timed_beside
from attention.gpu.bench._reference import relative_error
from attention.gpu.bench._summary import SCORES
from attention.gpu.bench._timing import ratios, rounded, spread

QUERIES_AT_ONCE = 64  # of the additive score: its hidden units need n_k times as much


class Given(NamedTuple):
    """Queries, keys and what is learned."""

    query: Tensor  # (n_q, d)
    key: Tensor  # (n_k, d)
    between: Tensor  # (d, d)
    w_query: Tensor  # (d, d_h)
    w_key: Tensor  # (d, d_h)
    w_score: Tensor  # (d_h,)


def given_for(bench: Bench) -> Given:
    """Draw inputs; the parameters keep the variance of what they are given."""
    n, d = bench.sizes.scores_n, bench.sizes.scores_d

    def normal(number: int, *shape: int) -> Tensor:
        return bench.normal(*shape, dtype=torch.float32, number=number)

    between, w_query, w_key = (normal(number, d, d) * d**-0.5 for number in (2, 3, 4))
    w_score = normal(5, d) * d**-0.5
    return Given(normal(0, n, d), normal(1, n, d), between, w_query, w_key, w_score)


def _unit(x: Tensor) -> Tensor:
    return x / (x * x).sum(-1, keepdim=True).sqrt()


def _distance(q: Tensor, k: Tensor) -> Tensor:
    return 2 * (q @ k.T) - (q * q).sum(-1)[:, None] - (k * k).sum(-1)[None, :]


def _additive(g: Given) -> Tensor:
    asked, offered = g.query @ g.w_query, g.key @ g.w_key
    scores = asked.new_empty(len(asked), len(offered))
    for i in range(0, len(asked), QUERIES_AT_ONCE):
        hidden = torch.tanh(asked[i : i + QUERIES_AT_ONCE, None] + offered[None])
        scores[i : i + QUERIES_AT_ONCE] = hidden @ g.w_score
    return scores


WHOLE: dict[str, Callable[[Given], Tensor]] = {
    "dot": lambda g: g.query @ g.key.T,
    "scaled_dot": lambda g: (g.query @ g.key.T) * g.query.shape[-1] ** -0.5,
    "cosine": lambda g: _unit(g.query) @ _unit(g.key).T,
    "distance": lambda g: _distance(g.query, g.key),
    "bilinear": lambda g: (g.query @ g.between) @ g.key.T,
    "additive": _additive,
}
# One query and one key a row.
PAIR: dict[str, Callable[[Tensor, Tensor, Given], Tensor]] = {
    "dot": lambda q, k, g: (q * k).sum(-1),
    "scaled_dot": lambda q, k, g: (q * k).sum(-1) * q.shape[-1] ** -0.5,
    "cosine": lambda q, k, g: (q * k).sum(-1) / ((q * q).sum(-1) * (k * k).sum(-1)).sqrt(),
    "distance": lambda q, k, g: -((q - k) ** 2).sum(-1),
    "bilinear": lambda q, k, g: ((q @ g.between) * k).sum(-1),
    "additive": lambda q, k, g: torch.tanh(q @ g.w_query + k @ g.w_key) @ g.w_score,
}


def pairwise(name: str, g: Given, pairs_at_once: int) -> Tensor:
    """Score every pair by itself; pairs that are side by side share nothing."""
    n_q, n_k = len(g.query), len(g.key)
    scores = g.query.new_empty(n_q, n_k)
    at_once = max(1, pairs_at_once // n_k)  # queries
    for i in range(0, n_q, at_once):
        asked = g.query[i : i + at_once]
        q = asked[:, None].expand(-1, n_k, -1).reshape(-1, asked.shape[-1])
        k = g.key[None].expand(len(asked), -1, -1).reshape(-1, g.key.shape[-1])
        scores[i : i + at_once] = PAIR[name](q, k, g).view(len(asked), n_k)
    return scores


def score_cells(bench: Bench) -> Cells:
    """Return the candidates; each is timed beside the dot product of all pairs."""
    versions = [(name, version) for version in ("whole", "pairwise") for name in SCORES]
    versions.insert(len(SCORES), ("additive", "fused"))
    cells: Cells = []
    for name, version in versions:

        def run(name: str = name, version: str = version) -> dict[str, Any]:
            return score_cell(bench, name, version)

        cells.append((f"{name}_{version}", run))
    return cells


def score_cell(bench: Bench, name: str, version: str) -> dict[str, Any]:
    """Time one version of one candidate; its error is to the whole in float64."""
    g = given_for(bench)
    fused, at_once = bench.kernels.fused_additive, bench.sizes.scores_pairs

    def run(_: int) -> Tensor:
        if version == "whole":
            return WHOLE[name](g)
        if version == "fused":
            return fused(g.query, g.key, g.w_query, g.w_key, g.w_score)
        return pairwise(name, g, at_once)

    right = WHOLE[name](Given(*(x.double() for x in g)))
    error = relative_error(run(0), right)
    del right
    bench.device.free()
    pair_bytes = 5 * 4 * at_once * bench.sizes.scores_d
    candidates = {
        "dot": Candidate(lambda _: WHOLE["dot"](g)),
        "this": Candidate(run, pair_bytes if version == "pairwise" else 0),
    }
    cell = f"{name}_{version}"
    times, why_not, notes = timed_beside(bench, cell, candidates, 1)
    if why_not:
        raise RuntimeError(f"{why_not}")
    return {
        "time_s": spread(times["this"]),
        "ratio": spread(ratios(times["this"], times["dot"])),
        "error": rounded(error),
        "not_captured": notes,
    }
