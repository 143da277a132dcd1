import numpy as np

from attention.score_functions import negative_squared_distance_scores
from attention.softmax import softmax

n, d = 1000, 768
differences_gb = 4 * n * n * d / 1e9
print("first ", differences_gb, "GB")

product = 2 * n * n * d
claimed_ms = 0.5, 15.0, 50.0
bilinear_ratio = 1 + d / n
print("second", product, "operations; bilinear", bilinear_ratio, "x")

q = np.array([[1.0, 0.0]])
keys = np.array([[3.0, 0.0], [1.0, 1.0]])
products = (q @ keys.T)[0]
distances = negative_squared_distance_scores(q, keys)[0]
penalties = (keys**2).sum(-1) / 2
print("third ", products, distances, penalties)

cosines = np.array([1.0] + [0.0] * 99)
temperature = 0.1
mild = softmax(cosines)[0]
sharp = softmax(cosines / temperature)[0]
print("fourth", mild.round(3), sharp.round(3))
