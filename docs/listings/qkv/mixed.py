import numpy as np

from attention.softmax import softmax

rng = np.random.default_rng(0)
n, d_model, d = 5, 13, 7  # d_k = d_v = d
X = rng.standard_normal((n, d_model))  # one token per row
W_q, W_k, W_v = rng.standard_normal((3, d_model, d))

Q, K, V = X @ W_q, X @ W_k, X @ W_v
by_rows = softmax(Q @ K.T) @ V
Q, K, V = W_q.T @ X.T, W_k.T @ X.T, W_v.T @ X.T  # tokens in columns
by_columns = V @ softmax(Q.T @ K).T
print("columns like rows", np.allclose(by_columns.T, by_rows))

mixed_scores = Q @ K.T  # columns, with the formula for rows
mixed = softmax(mixed_scores) @ V
print("mixed scores", mixed_scores.shape)
print("mixed output", mixed.shape, "expected", by_columns.shape)
off = abs(mixed - by_columns).max()
print("largest error", off.round(1))
assert mixed.shape == by_columns.shape
assert off > 1
