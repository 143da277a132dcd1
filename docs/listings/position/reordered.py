import numpy as np

from attention.position import rotary

rng = np.random.default_rng(0)
n, d_model, d = 5, 13, 8
X = rng.standard_normal((n, d_model))
W_q, W_k = rng.standard_normal((2, d_model, d)) / np.sqrt(d_model)
positions = np.arange(n)


def scores(W_q, W_k, interleaved):
    Q = rotary(X @ W_q, positions, interleaved=interleaved)
    K = rotary(X @ W_k, positions, interleaved=interleaved)
    return Q @ K.T


trained = scores(W_q, W_k, interleaved=True)
moved = scores(W_q, W_k, interleaved=False)
order = [0, 2, 4, 6, 1, 3, 5, 7]  # first entries of pairs, then second
cured = scores(W_q[:, order], W_k[:, order], interleaved=False)

off = abs(moved - trained).max()
left = abs(cured - trained).max()
print("other pairing: scores off by up to", off.round(2))
print("columns reordered:", left.round(12))
assert off > 0.1
assert left < 1e-12
