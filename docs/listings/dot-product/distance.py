import numpy as np

from attention.dot_product import l2_normalize
from attention.similarity import cosine_similarity, squared_distance

query = np.array([1.0, 0.0])
points = np.array([[3.0, 0.0], [2.0, 0.0], [0.0, 1.0]])
products = points @ query
cosines = cosine_similarity(points, query)
distances = np.sqrt(squared_distance(points, query))
print("products ", products)
print("cosines  ", cosines)
print("distances", distances.round(2))


def softmax(scores):
    powers = np.exp(scores - scores.max())
    return powers / powers.sum()


rng = np.random.default_rng(0)
keys = 2 * l2_normalize(rng.standard_normal((5, 3)))  # equally long
q = rng.standard_normal(3)
by_product = softmax(keys @ q)
by_distance = softmax(-squared_distance(keys, q) / 2)
print("by product ", by_product.round(4))
print("by distance", by_distance.round(4))
