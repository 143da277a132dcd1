import numpy as np

from attention.qkv import linear

rng = np.random.default_rng(0)
n, d = 101, 64  # d_in = d_out
X = rng.standard_normal((n, d))
W_q, W_k = rng.standard_normal((2, d, d)) / d**0.5
right = linear(X, W_q) @ linear(X, W_k).T

stored_q, stored_k = W_q.T, W_k.T  # a file that holds (d_out, d_in)
wrong = linear(X, stored_q) @ linear(X, stored_k).T
spread, spread_wrong = right.std(), wrong.std()
related = np.corrcoef(right.ravel(), wrong.ravel())[0, 1]
print("same shape ", wrong.shape == right.shape)
print("std: right", spread.round(1), "wrong", spread_wrong.round(1))
print("correlation", related.round(2))
assert abs(related) < 0.1

try:
    linear(X, np.ones((61, d)))  # widths that differ: caught
except ValueError as error:
    print(error)
