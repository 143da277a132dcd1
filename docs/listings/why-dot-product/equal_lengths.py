import numpy as np

from attention.dot_product import dot, l2_normalize
from attention.score_functions import negative_squared_distance_scores
from attention.scores import dot_product_scores
from attention.softmax import softmax

rng = np.random.default_rng(0)
q = rng.standard_normal((3, 8))
free = rng.standard_normal((5, 8))
gaps = {}
for name, keys in ("equal", 2 * l2_normalize(free)), ("free", free):
    by_dot = softmax(dot_product_scores(q, keys))
    half = negative_squared_distance_scores(q, keys) / 2
    gaps[name] = abs(softmax(half) - by_dot).max()
    print(f"{name:5} lengths: weights differ by up to {gaps[name]:.3f}")

penalty = dot(free, free) / 2  # one number per key
gaps["repaid"] = abs(softmax(half + penalty) - by_dot).max()
print(f"penalty repaid: by up to {gaps['repaid']:.3f}")
