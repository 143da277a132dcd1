import numpy as np

from attention.softmax import softmax


def wrong(S):
    return softmax(S * np.tri(len(S)))  # zero is a score like any other


S = np.array([[1.0, 2, 0], [0, 1, 2], [2, 0, 1]])
weights, shifted = wrong(S), wrong(S - 2)
print(weights.round(3))
print("all scores two lower\n", shifted.round(3))

future = np.triu(np.ones((3, 3)), 1)
leak = (weights * future).sum(axis=-1)
leak_shifted = (shifted * future).sum(axis=-1)
print("to the future", leak.round(3), leak_shifted.round(3))
assert (leak[:2] > 0).all(), "later values are mixed in"
assert not np.allclose(weights, shifted), "a shift must change nothing"
