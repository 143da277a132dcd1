"""Dot products of a query with eight keys, of keys with keys, and a gradient at the weights.

For each width and draw, rounded: both sides compute from these. The length of what comes back
to the query needs no more of the keys than their products, and of these, which are symmetric,
each row as far as its diagonal.
"""

import json
from pathlib import Path

import numpy as np

WIDTHS, DRAWS, N_K = (4, 16, 64, 256, 1024), 6, 8

rng = np.random.default_rng(5)
products, keys, gradients = [], [], []
for d in WIDTHS:
    query = rng.standard_normal((DRAWS, d))
    key = rng.standard_normal((DRAWS, N_K, d))
    gradient = rng.standard_normal((DRAWS, N_K))
    gradient /= np.linalg.norm(gradient, axis=-1, keepdims=True)
    decimals = 2 if d < 64 else 1
    products.append((np.einsum("bjd,bd->bj", key, query).round(decimals) + 0.0).tolist())
    pairs = (np.einsum("bid,bjd->bij", key, key).round(decimals) + 0.0).tolist()
    keys.append([[row[: i + 1] for i, row in enumerate(draw)] for draw in pairs])
    gradients.append((gradient.round(2) + 0.0).tolist())
data = {"widths": WIDTHS, "products": products, "keys": keys, "gradients": gradients}
Path(__file__).with_name("data.json").write_text(
    json.dumps(data, separators=(",", ":")) + "\n", "utf-8"
)
