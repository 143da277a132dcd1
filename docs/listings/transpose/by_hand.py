import numpy as np

Q = np.array([[1, 0, 1], [0, 1, 0]])  # one query per row
K = np.array([[1, 0, 1], [0, 1, 0]])  # one key per row
table = np.array([[(q * k).sum() for k in K] for q in Q])
print("scores ", table.tolist())

lengths = np.sqrt((K * K).sum(axis=1))
cosines = table / np.outer(lengths, lengths)
print("lengths", lengths.round(3).tolist())
print("cosines", cosines.round(3).tolist())
