import numpy as np

query = np.array([1.0, 0.0])
documents = np.array([[1.0, 0.0], [10.0, 10.0], [0.0, 1.0]])

scores = documents @ query
best = scores.argmax()
print("scores", scores, "best document", documents[best])
assert best == 1  # the exact match has lost
