import numpy as np

from attention.dot_product import norm
from attention.scaling import scale_scores
from attention.similarity import cosine_similarity

query = np.array([3.0, 4.0, 0.0, 0.0])
keys = np.array([[3.0, 4, 0, 0], [6, 8, 0, 0], [0, 0, 1, 0]])
scores = keys @ query
divided = scale_scores(scores[np.newaxis], d_k=4)[0]
cosines = cosine_similarity(keys, query)
print("lengths", norm(keys).tolist())
print("scores ", scores.tolist())
print("divided", divided.tolist())
print("cosines", cosines.tolist())
