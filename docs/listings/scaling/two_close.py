import numpy as np

from attention.softmax import softmax

scores = np.array([50.0, 49.0, -50.0])
shares = softmax(scores)
print("scores ", scores)
print("weights", shares.round(2))
