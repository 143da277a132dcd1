import numpy as np

from attention.softmax import softmax

s = np.array([2.0, 1.0, 0.0])
g = np.array([-1.0, 0.0, 0.0])  # how the loss changes with each weight
p = softmax(s)

right = p * (g - (p * g).sum())
wrong = p * g  # each weight as if it moved alone

step = 1e-6
nudges = step * np.eye(3)
ups = softmax(s + nudges) @ g
downs = softmax(s - nudges) @ g
nudged = (ups - downs) / (2 * step)
print("nudged", np.round(nudged, 3))
print("right ", right.round(3), " sum", abs(right.sum().round(3)))
print("wrong ", wrong.round(3), " sum", wrong.sum().round(3))
assert not np.allclose(wrong, nudged)
