import numpy as np

query, key = np.ones((3, 7)), np.ones((5, 7))
refused = False
try:
    query @ key
except ValueError:
    refused = True
print("queries", query.shape, "keys", key.shape, "refused", refused)

Q = np.array([[1, 2], [3, 4]])
K = np.array([[5, 6], [7, 8]])
wrong = Q @ K
right = Q @ K.mT
print("without the transpose", wrong.tolist())
print("with the transpose   ", right.tolist())
assert (wrong != right).all(), "no entry is right"
