import numpy as np

from attention.dot_product import dot
from attention.scores import dot_product_scores

query = np.array([[1.0, 0, 2], [0, 1, 1]])
key = np.array([[1.0, 1, 0], [0, 2, 1], [2, 0, 1], [1, 0, 1]])

looped = np.array([[dot(q, k) for k in key] for q in query])
multiplied = dot_product_scores(query, key)  # query @ key.mT
summed = np.einsum("id,jd->ij", query, key)

print(multiplied)
print("loops agree  ", (looped == multiplied).all())
print("einsum agrees", (summed == multiplied).all())
