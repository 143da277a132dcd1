import numpy as np

from attention.dot_product import norm
from attention.similarity import angle_degrees, cosine_similarity

q = np.array([1.0, 2.0, 3.0])
keys = np.array([[1.0, 2.0, 3.0], [-1.0, -2.0, -3.0], [1.0, 1.0, 1.0]])
scores = keys @ q
cosines = cosine_similarity(keys, q)
angles = angle_degrees(keys, q)
norm_of_first, _, norm_of_third = norm(keys)


def softmax(scores):
    powers = np.exp(scores - scores.max())
    return powers / powers.sum()


weights = softmax(scores)
print("scores ", scores)
print("cosines", cosines.round(3))
print("angles ", angles.round(1))
print("weights", *(f"{w:.1e}" for w in weights))

lowered = scores - scores.max()
same = softmax(lowered)
print("lowered", lowered)
print("weights", *(f"{w:.1e}" for w in same))

pair = np.array([0.8, 0.1])
mild = softmax(pair)
print("scores ", pair, "weights", mild.round(3))
