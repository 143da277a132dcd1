import numpy as np

from attention.similarity import angle_degrees, cosine_similarity

q = np.array([1.0, 2.0, 3.0])
keys = np.array([[1.0, 2.0, 3.0], [-1.0, -2.0, -3.0], [1.0, 1.0, 1.0]])
scores = keys @ q
cosines = cosine_similarity(keys, q)
angles = angle_degrees(keys, q)


def softmax(scores):
    powers = np.exp(scores - scores.max())
    return powers / powers.sum()


weights = softmax(scores)
print("scores ", scores)
print("cosines", cosines.round(3))
print("angles ", angles.round(1))
print("weights", *(f"{w:.1e}" for w in weights))

mild = softmax(np.array([0.8, 0.1]))
print("scores 0.8 and 0.1 give", mild.round(3))
