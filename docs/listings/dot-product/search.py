import numpy as np

from attention.dot_product import l2_normalize
from attention.similarity import angle_degrees

query = np.array([1.0, 0.0])
documents = np.array([[1.0, 0.0], [10.0, 10.0], [0.0, 1.0]])
index = l2_normalize(documents)  # once, when the index is built

cosines = index @ l2_normalize(query)
best = cosines.argmax()
angles = angle_degrees(documents, query)
print("angles ", angles.round(1))
print("cosines", cosines.round(3), "best document", documents[best])
