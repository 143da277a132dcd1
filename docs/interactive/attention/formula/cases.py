"""What the package computes of a state: every stage, done right or with a mistake."""

from typing import Any

import numpy as np

from attention import attention_steps
from attention.softmax import softmax

D_K, D_V = 4, 5  # widths of keys and of values
SCALE = {"once": None, "never": 1.0, "twice": 1 / D_K}  # None divides by the root, once

EDGES: list[dict[str, Any]] = [
    {"q": [0] * 12, "later": True},
    {"k": [0] * 12, "axis": "columns", "later": True, "step": "mix", "column": 4},
    {"product": "forgotten"},
    {"product": "forgotten", "axis": "columns", "later": True, "step": "mix", "column": 4},
    {"product": "swapped", "divide": "twice", "step": "weigh", "row": 2, "column": 1},
    {"q": [9] * 12, "k": [9] * 8 + [-9] * 4, "divide": "never", "step": "weigh", "column": 2},
    {"divide": "twice", "later": True, "step": "hide", "column": 2},
]


def draw(rng: Any) -> dict[str, Any]:
    """Return what is not drawn evenly: most products are right."""
    return {"product": rng.choice(["right", "right", "right", "swapped", "swapped", "forgotten"])}


def names(state: dict[str, Any]) -> dict[str, Any]:
    """Return what the figure's expressions may use."""
    Q, K = (np.array(state[name], dtype=float).reshape(-1, D_K) for name in "qk")
    V = np.array(state["v"], dtype=float).reshape(-1, D_V)
    query, key = {"right": (Q, K), "forgotten": (Q, K.T), "swapped": (K, Q)}[state["product"]]
    scale, later = SCALE[state["divide"]], state["later"]
    try:
        steps = attention_steps(query, key, V, scale=scale, is_causal=later)._asdict()
    except ValueError:  # the widths differ: there is no first product, and nothing after it
        steps = dict.fromkeys(("scores", "scaled", "masked", "weights", "output"), np.zeros((0, 3)))
    if state["axis"] == "columns":
        steps["weights"] = softmax(steps["masked"].T).T
        steps["output"] = steps["weights"] @ V[: steps["weights"].shape[-1]]
    cell = {"row": state["row"], "column": state["column"]}
    return steps | cell | {"Q": Q, "K": K, "V": V, "d_k": D_K, "exp": np.exp}
