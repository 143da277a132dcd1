"""What the package computes of a state: the weights, and over how many keys they spread."""

from typing import Any

import numpy as np

from attention.softmax import effective_number, softmax

EDGES = [
    {"hidden": [True] * 4},
    {"hidden": [True, True, True, False], "temperature": 0.1},
    {"scores": [4, 4, 4, 4], "shift": -3},
    {"scores": [4, -4, 4, -4], "temperature": 0.1},
    {"scores": [4, -4, -4, -4], "temperature": 5, "shift": 3},
]


def draw(rng: Any) -> dict[str, Any]:
    """Return what is not drawn evenly: seldom is a key hidden."""
    return {"hidden": [rng.random() < 0.15 for _ in range(4)]}


def names(state: dict[str, Any]) -> dict[str, Any]:
    """Return what the figure's expressions may use."""
    hidden = np.array(state["hidden"])
    scores = np.where(hidden, -np.inf, np.array(state["scores"], dtype=float) + state["shift"])
    weights = softmax(scores / state["temperature"])
    return {
        "scores": scores,
        "temperature": float(state["temperature"]),
        "weights": weights,
        "effective": float(effective_number(weights)),
        "visible": int((~hidden).sum()),
        "softmax": softmax,
        "isfinite": np.isfinite,
        "effective_number": effective_number,
    }
