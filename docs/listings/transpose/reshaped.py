import numpy as np

query = np.array([[1, 0, 2], [0, 1, 1]])
key = np.array([[1, 1, 0], [0, 2, 1], [2, 0, 1], [1, 0, 1]])

turned = key.mT
poured = key.reshape(3, 4)
print("transposed", turned.tolist())
print("reshaped  ", poured.tolist())
right, wrong = query @ turned, query @ poured
print("right", right.tolist())
print("wrong", wrong.tolist())
hits = (right == wrong).sum()
assert right.shape == wrong.shape
assert hits < right.size
