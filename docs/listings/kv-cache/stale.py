import numpy as np

from attention.kv_cache import KVCache, cached_attention

rng = np.random.default_rng(0)
n, d, edited = 9, 8, 5  # which token is replaced
W_q, W_k, W_v = rng.standard_normal((3, d, d)) / d**0.5
X = rng.standard_normal((n, d))
X_new = X.copy()
X_new[edited - 1] = rng.standard_normal(d)


def read(X, cache):
    q, k, v = ((X @ W)[None] for W in (W_q, W_k, W_v))
    return cached_attention(q, k, v, cache)[0, -1]


def empty():
    return KVCache.empty((), 1, n, d, d, like=X)


right = read(X_new, empty())
cache = empty()
read(X[:-1], cache)  # the old prompt, without its last token
stale = read(X_new[-1:], cache)
cache.truncate(edited - 1)
mended = read(X_new[edited - 1 :], cache)
wrong_by = abs(stale - right).max()
print(f"reused as it is: off by {wrong_by:.2f}")
print("cut at the edit, read on: equal", np.allclose(mended, right))
assert wrong_by > 0.01
