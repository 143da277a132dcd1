import numpy as np

from attention.scores import dot_product_scores

heads, cached, d_k = 4, 1000, 64
query = np.zeros((heads, 1, d_k))
key = np.zeros((heads, cached, d_k))
scores = dot_product_scores(query, key)
products = heads * 1 * cached * d_k
print("shape of the transposed keys", key.mT.shape)
print("shape of the scores", scores.shape)
print("multiplications", products)
