import numpy as np

from attention.score_functions import (
    additive_scores,
    bilinear_scores,
    cosine_scores,
    negative_squared_distance_scores,
)
from attention.scores import dot_product_scores

q = np.array([[4.0, 2.0]])
keys = np.array([[2.0, 1.0], [4.0, 3.0], [3.0, 7.0]])
swap = np.array([[0.0, 1.0], [1.0, 0.0]])
eye, w = np.eye(2), np.array([1.0, 1.0])

scores = {
    "dot product": dot_product_scores(q, keys)[0],
    "cosine": cosine_scores(q, keys)[0],
    "distance": negative_squared_distance_scores(q, keys)[0],
    "bilinear": bilinear_scores(q, keys, swap)[0],
    "additive": additive_scores(q, keys, -eye, eye, w)[0],
}
for name, row in scores.items():
    best = row.argmax()
    print(f"{name:12}", row.round(3), "best", keys[best])
