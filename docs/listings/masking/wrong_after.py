import numpy as np

from attention.softmax import softmax


def wrong(S, V):
    weights = softmax(S) * np.tri(len(S))  # hide after softmax
    return weights, weights @ V


S = np.array([[1.0, 2, 0], [0, 1, 2], [2, 0, 1]])
V = np.array([[5.0], [5], [5]])
weights, output = wrong(S, V)
sums = weights.sum(axis=-1)
print(weights.round(3))
print("rows add up to", sums.round(3))
print("output of fives", output[:, 0].round(2))

later = S.copy()
later[1, 2] = 4.0  # another third token, which comes later
noticed = wrong(later, V)[0]
sum_now = noticed[1].sum()
print("second row now ", noticed[1].round(3), "sum", sum_now.round(3))
assert not np.allclose(sums, 1)
assert not np.allclose(noticed[1], weights[1]), "the future leaks"
