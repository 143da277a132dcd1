import numpy as np

from attention.score_functions import negative_squared_distance_scores
from attention.softmax import softmax

q = np.array([[10_000.0]], dtype=np.float32)  # one feature, far out
steps = np.array([[0.25], [0.5], [1.75]], dtype=np.float32)
keys = q + steps

scores = negative_squared_distance_scores(q, keys)[0]
exact = -((q - keys) ** 2)[:, 0]
wrong, right = softmax(scores), softmax(exact)
gap = float(np.spacing(q * q)[0, 0])
print("numbers near q * q are", gap, "apart")
print("expanded", scores, "weights", wrong.round(3))
print("exact   ", exact, "weights", right.round(3))
highest = float(scores.max())
assert highest > 0  # the negative of a square
assert wrong.argmax() != right.argmax()
