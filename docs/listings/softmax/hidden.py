import numpy as np

from attention.softmax import softmax

scores = np.array([[1, -np.inf, 0], [-np.inf, -np.inf, -np.inf]])
weights = softmax(scores)
print("some hidden", weights[0].round(3))
print("all hidden ", weights[1])

raw = np.array([2.0, 1.0, 0.0])  # a row that should see nothing
big = -1e9
filled = softmax(np.full(3, big))
added = softmax(raw + big)
drowned = softmax((raw + big).astype(np.float32))
print("filled with -1e9      ", filled.round(3))
print("-1e9 added in float64 ", added.round(3))
print("-1e9 added in float32 ", drowned.round(3))
