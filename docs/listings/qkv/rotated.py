import numpy as np

from attention.position import rotary
from attention.qkv import linear
from attention.softmax import softmax

rng = np.random.default_rng(0)
n, d_model, d_k = 5, 13, 8  # rotation turns pairs: d_k is even
X = rng.standard_normal((n, d_model))
W_q, W_k = rng.standard_normal((2, d_model, d_k)) / d_model**0.5
R = rng.standard_normal((d_k, d_k)) + 4 * np.eye(d_k)
bias = rng.standard_normal(d_k)
places = np.arange(n)


def plain(query, key):
    return query @ key.T


def turned(query, key):
    return rotary(query, places) @ rotary(key, places).T


Q, K = linear(X, W_q), linear(X, W_k)
by_r, by_bias = {}, {}
for score in (plain, turned):
    name, scores = score.__name__, score(Q, K)
    renamed = score(Q @ R, K @ np.linalg.inv(R).T)
    by_r[name] = abs(renamed - scores).max()
    biased = softmax(score(Q, K + bias))
    by_bias[name] = abs(biased - softmax(scores)).max()
    print(name, "scores move by up to", by_r[name].round(2))
    print("  by a key bias, weights", by_bias[name].round(2))

turn = {  # the rotation between two places so far apart
    far: rotary(np.eye(d_k), np.full(d_k, far)) for far in range(-n, n)
}
M = {far: W_q @ turn[far] @ W_k.T for far in turn}
table = [[X[i] @ M[i - j] @ X[j] for j in places] for i in places]
print("one M per distance:", np.allclose(table, turned(Q, K)))
