"""What the package computes of a state: weights, and lengths of gradients by the Jacobian."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from attention.scaling import scale_scores
from attention.softmax import softmax

DATA = json.loads(Path(__file__).with_name("data.json").read_text("utf-8"))
EDGES = [
    {"width": width, "divisor": divisor, "stretch": stretch, "draw": 3}
    for width in (0, 4)
    for divisor in ("none", "root", "width")
    for stretch in (1, 8)
]


def names(state: dict[str, Any]) -> dict[str, Any]:
    """Return what the figure's expressions may use."""
    row = state["width"], state["draw"] - 1
    products, half, given = (
        DATA[part][row[0]][row[1]] for part in ("products", "keys", "gradients")
    )
    products, given, n_k = np.array(products), np.array(given), len(given)
    keys = np.array([[half[max(i, j)][min(i, j)] for j in range(n_k)] for i in range(n_k)])
    d_k = DATA["widths"][row[0]]
    products = products * state["stretch"]
    divided = {"none": products, "root": scale_scores(products, d_k), "width": products / d_k}
    scores = divided[state["divisor"]]
    weights = softmax(scores)
    gradient = given @ (np.diag(weights) - np.outer(weights, weights))
    factor = {"none": 1.0, "root": d_k**-0.5, "width": 1 / d_k}[state["divisor"]]
    return {
        "d_k": d_k,
        "scores": scores,
        "weights": weights,
        "largest": float(weights.max()),
        "gradient": gradient,
        "at_scores": float(np.linalg.norm(gradient)),
        "at_query": factor * float(np.sqrt(max(0.0, gradient @ keys @ gradient))),
        "softmax": softmax,
        "norm": np.linalg.norm,
    }
