import numpy as np

from attention import scaled_dot_product_attention
from attention.kv_cache import SlidingWindowKVCache, cached_attention
from attention.masking import sliding_window_mask

rng = np.random.default_rng(0)
n, d, window = 500, 7, 16
query, key, value = rng.standard_normal((3, 1, n, d))
mask = sliding_window_mask(n, n, window)
whole = scaled_dot_product_attention(query, key, value, mask)

cache = SlidingWindowKVCache.empty((), 1, window, d, d, like=query)
error, sizes = 0.0, set()
for t in range(n):
    new = slice(t, t + 1)
    q, k, v = (x[:, new] for x in (query, key, value))
    output = cached_attention(q, k, v, cache)
    error = max(error, abs(output - whole[:, new]).max())
    sizes.add(cache.nbytes)
print("equal to the masked pass:", error < 1e-12)
print("tokens", cache.length, "kept", cache.keys.shape[-2])
print("bytes from first to last:", sizes)
