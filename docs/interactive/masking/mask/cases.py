"""What the package computes of a state: the masks, and the weights of three ways to hide."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from attention.masking import causal_mask, padding_mask, sliding_window_mask
from attention.softmax import softmax

SCORES = np.array(json.loads(Path(__file__).with_name("data.json").read_text("utf-8"))["scores"])
N, WINDOW, PROMPT = len(SCORES), 3, 3
TEXT = np.array([0, 0, 1, 1, 1, 1])  # which of two texts a token belongs to

NOTHING = [i >= j for i in range(N) for j in range(N)]  # turns the causal mask into none
EDGES = [
    {"flipped": NOTHING},
    {"flipped": NOTHING, "hide": "after"},
    {"flipped": NOTHING, "hide": "multiplied"},
    {"rule": "all"},
    {"rule": "all", "hide": "after", "last": 4},
    {"rule": "window", "join": "and", "other": "texts", "offset": 3},
    {"rule": "causal", "join": "or", "other": "prompt", "hide": "multiplied", "last": -2},
]


def draw(rng: Any) -> dict[str, Any]:
    """Return what is not drawn evenly: few cells are turned by hand."""
    return {"flipped": [rng.random() < 0.1 for _ in range(N * N)]}


def mask(rule: str, offset: int) -> Any:
    """Return who may see whom by one rule."""
    causal = causal_mask(N, N, offset=offset)
    return {
        "causal": causal,
        "window": sliding_window_mask(N, N, WINDOW, offset=offset),
        "texts": causal & (TEXT[:, None] == TEXT),
        "prompt": causal | padding_mask(np.array([PROMPT]), N)[0],
        "all": np.ones((N, N), dtype=bool),
    }[rule]


def names(state: dict[str, Any]) -> dict[str, Any]:
    """Return what the figure's expressions may use."""
    visible = mask(state["rule"], state["offset"])
    if state["join"] == "and":
        visible = visible & mask(state["other"], state["offset"])
    if state["join"] == "or":
        visible = visible | mask(state["other"], state["offset"])
    visible = visible ^ np.array(state["flipped"]).reshape(N, N)
    scores = SCORES + state["last"] * (np.arange(N) == N - 1)
    weights = {
        "before": softmax(np.where(visible, scores, -np.inf)),
        "after": softmax(scores) * visible,
        "multiplied": softmax(scores * visible),
    }[state["hide"]]
    return {
        "visible": visible,
        "scores": scores,
        "weights": weights,
        "sums": weights.sum(axis=-1),
        "leak": (weights * ~visible).sum(axis=-1),
        "softmax": softmax,
        "where": np.where,
        "inf": np.inf,
    }
