import numpy as np

from attention.softmax import softmax

rng = np.random.default_rng(0)
X = rng.standard_normal((5, 13))
W_q, W_k = rng.standard_normal((2, 13, 7)) / 4
V, target = rng.standard_normal((2, 5, 11))


def loss(scores):
    return ((softmax(scores) @ V - target) ** 2).sum()


def slopes(f, at, h=1e-5):  # central differences, entry by entry
    found = np.zeros_like(at)
    for i in np.ndindex(at.shape):
        step = np.zeros_like(at)
        step[i] = h
        found[i] = (f(at + step) - f(at - step)) / (2 * h)
    return found


Q, K = X @ W_q, X @ W_k
G = slopes(loss, Q @ K.T)  # how the loss moves with each score
by_q = slopes(lambda W: loss((X @ W) @ K.T), W_q)
by_k = slopes(lambda W: loss(Q @ (X @ W).T), W_k)
print("W_q:", np.allclose(by_q, X.T @ G @ K, atol=1e-6))
print("W_k:", np.allclose(by_k, X.T @ G.T @ Q, atol=1e-6))
row_sums, column_sums = G.sum(axis=1), G.sum(axis=0)
print("largest sum of a row of G", abs(row_sums).max().round(6))
print("largest sum of a column  ", abs(column_sums).max().round(2))
