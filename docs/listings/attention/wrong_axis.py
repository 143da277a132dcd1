import numpy as np

Q = np.array([[2.0, 0, 2, 0], [-2, 2, 2, 2], [2, 0, 0, 1]])
K = np.array([[1.0, 0, 1, 0], [0, 1, 0, 2], [1, 1, 0, 0]])
V = np.array([[10.0, 0, 0, 4, 5], [0, 10, 0, 8, 5], [0, 0, 10, 0, 5]])

powers = np.exp(Q @ K.mT / 4**0.5)
down = powers / powers.sum(axis=0, keepdims=True)  # wrong: over queries
wrong = down @ V

print("weights down the columns\n", down.round(2))
print("sums of the rows", down.sum(axis=1).round(2))
print("last column of the output", wrong[:, -1].round(2))
assert not np.allclose(wrong[:, -1], 5), "a mixture of fives is five"
