"""What the package computes of a state: every stage of the formula, for one query."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from attention.attention import attention_steps
from attention.softmax import softmax

DATA = json.loads(Path(__file__).with_name("data.json").read_text("utf-8"))
K, V = np.array(DATA["keys"]), np.array(DATA["values"], dtype=float)

EDGES = [
    {"query": [0, 0]},
    {"query": [0, 0], "scale": False},
    {"query": [1, 0.5]},  # two keys score alike
    {"query": [3, 3], "scale": False},
    {"query": [-3, -3]},
    {"query": [3, -3]},
    {"query": [-3, 3], "scale": False},
]


def names(state: dict[str, Any]) -> dict[str, Any]:
    """Return what the figure's expressions may use."""
    q = np.array(state["query"], dtype=float)
    steps = attention_steps(q[None], K, V, scale=None if state["scale"] else 1.0)
    return {
        "q": q,
        "K": K,
        "V": V,
        "d_k": K.shape[1],
        "scores": steps.scaled[0],
        "weights": steps.weights[0],
        "output": steps.output[0],
        "softmax": softmax,
        "sqrt": np.sqrt,
    }
