import numpy as np

from attention import scaled_dot_product_attention
from attention.kv_cache import KVCache, cached_attention

rng = np.random.default_rng(0)
n, n_heads, n_kv_heads, d_k, d_v = 11, 6, 2, 5, 3
query = rng.standard_normal((n_heads, n, d_k))
key = rng.standard_normal((n_kv_heads, n, d_k))
value = rng.standard_normal((n_kv_heads, n, d_v))
options = {"is_causal": True, "enable_gqa": True}
whole = scaled_dot_product_attention(query, key, value, **options)

splits = {
    "one by one": [1] * n,
    "prefill, then decode": [7, 1, 1, 1, 1],
    "prefill in chunks": [3, 3, 1, 1, 1, 1, 1],
}
errors = {}
for name, chunks in splits.items():
    cache = KVCache.empty((), n_kv_heads, n, d_k, d_v, like=query)
    outputs = []
    for size in chunks:
        new = slice(cache.length, cache.length + size)
        q, k, v = (x[:, new] for x in (query, key, value))
        outputs.append(cached_attention(q, k, v, cache))
    errors[name] = abs(np.concatenate(outputs, axis=1) - whole).max()
    print(f"{name:20} equal:", errors[name] < 1e-12)
print("keys", cache.keys.shape, "queries in the cache: none")
