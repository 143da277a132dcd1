import numpy as np

from attention.scores import dot_product_scores

heads, stored, width = 4, 1000, 64
query = np.zeros((heads, 1, width))
key = np.zeros((heads, stored, width))
scores = dot_product_scores(query, key)
products = heads * 1 * stored * width
print("shape of the transposed keys", key.mT.shape)
print("shape of the scores", scores.shape)
print("multiplications", products)
