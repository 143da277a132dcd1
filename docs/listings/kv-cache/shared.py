import numpy as np

from attention.kv_cache import KVCache, cached_attention

rng = np.random.default_rng(0)
d = 8
texts = rng.standard_normal((2, 3, 1, 5, d))  # text, q k v, head


def decode(caches):
    for t in range(5):
        rows = []
        for text, cache in zip(texts, caches, strict=True):
            q, k, v = text[:, :, t : t + 1]
            rows.append(cached_attention(q, k, v, cache)[0, 0])
    return np.array(rows)


def empty(batch_shape=()):
    return KVCache.empty(batch_shape, 1, 10, d, d, like=texts)


one = empty()
right = decode([empty(), empty()])
wrong = decode([one, one])
wrong_by = abs(wrong - right).max(axis=1)
print("one cache for both, off by", wrong_by.round(2))
q, k, v = texts.swapaxes(0, 1)  # batch axis: a row for each text
batch = cached_attention(q, k, v, empty((2,)))[:, 0, -1]
print("one row for each: equal", np.allclose(batch, right))
assert (wrong_by > 0.1).all()
