import numpy as np

from attention import scaled_dot_product_attention
from attention.kv_cache import KVCache, cached_attention
from attention.position import rotary

rng = np.random.default_rng(0)
n, d = 7, 8
query, key, value = rng.standard_normal((3, 1, n, d))
places = np.arange(n)
Q, K = rotary(query, places), rotary(key, places)
whole = scaled_dot_product_attention(Q, K, value, is_causal=True)


def decode(first_position):
    cache = KVCache.empty((), 1, n, d, d, like=query)
    rows = []
    for t in range(n):
        q, k, v = (x[:, t : t + 1] for x in (query, key, value))
        at = np.array([first_position(cache)])
        q, k = rotary(q, at), rotary(k, at)
        rows.append(cached_attention(q, k, v, cache))
    return abs(np.concatenate(rows, axis=1) - whole).max()


wrong = decode(lambda cache: 0)  # each new token is "the first"
right = decode(lambda cache: cache.length)
print(f"position 0 each time: off by {wrong:.2f}")
print("position = length:    equal", right < 1e-12)
assert wrong > 0.1
