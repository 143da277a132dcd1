import numpy as np

from attention.softmax import softmax

# columns: verb, food, red, yellow; rows: eat, apple, banana
X = np.array([[1, 0, 0, 0], [0, 1, 1, 0], [0, 1, 0, 1]])
W_q = np.array([[2, 0], [0, 1], [0, 0], [0, 0]])
W_k = np.array([[0, 1], [1, 0], [0, 0], [0, 0]])
W_v = np.array([[0, 0], [0, 0], [1, 0], [0, 1]])

Q, K, V = X @ W_q, X @ W_k, X @ W_v
scores = Q @ K.T
print("Q", Q.tolist())
print("K", K.tolist())
print("V", V.tolist())
print("scores ", scores.tolist())

weights = softmax(scores / 2**0.5)
output = weights @ V
print("weights", weights.round(3).tolist())
print("output ", output.round(3).tolist())
