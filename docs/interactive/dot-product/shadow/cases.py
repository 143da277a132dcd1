"""What the package computes of a state: shadows, scores, cosines and weights of two keys."""

from typing import Any

import numpy as np

from attention.dot_product import dot, l2_normalize, norm, project
from attention.similarity import angle_degrees, cosine_similarity
from attention.softmax import softmax

EDGES = [
    {"q": [0, 0]},
    {"q": [0, 0], "normalise": True},
    {"k1": [0, 0]},
    {"k2": [0, 0], "normalise": True},
    {"q": [0, 0], "k1": [0, 0], "k2": [0, 0]},
    {"k1": [2, 0.5]},  # the same key twice
    {"k1": [4, 1], "normalise": True},  # the same direction twice
    {"q": [2, 2], "k2": [-2, -2]},
    {"q": [4, 4], "k1": [4, 4], "k2": [-4, -4]},
]


def names(state: dict[str, Any]) -> dict[str, Any]:
    """Return what the figure's expressions may use."""
    q = np.array(state["q"], dtype=float)
    keys = np.array([state["k1"], state["k2"]], dtype=float)
    query, arrows = (l2_normalize(q), l2_normalize(keys)) if state["normalise"] else (q, keys)
    scores = dot(query, arrows)
    return {
        "q": q,
        "keys": keys,
        "query": query,
        "arrows": arrows,
        "feet": project(arrows, onto=query),
        "shadows": dot(arrows, l2_normalize(query)),
        "scores": scores,
        "cosines": cosine_similarity(query, arrows),
        "weights": softmax(scores),
        "dot": dot,
        "norm": norm,
        "l2_normalize": l2_normalize,
        "cosine_similarity": cosine_similarity,
        "angle_degrees": angle_degrees,
        "softmax": softmax,
    }
