import numpy as np

from attention.kv_cache import KVCache

rng = np.random.default_rng(0)
capacity, d = 4, 3
key, value = rng.standard_normal((2, 1, 6, d))

room = np.zeros((1, capacity, d))  # home-made
for t in range(6):
    at = min(t, capacity - 1)  # "must not run over the end"
    room[:, at] = key[:, t]
lost = [t + 1 for t in range(6) if key[0, t] not in room[0]]
print("home-made, tokens lost:", lost)

cache = KVCache.empty((), 1, capacity, d, d, like=key)
cache.append(key[:, :3], value[:, :3])
try:
    cache.append(key[:, 3:], value[:, 3:])
except ValueError as error:
    message = str(error)
    print("ours:", message)
assert lost
assert cache.length == 3  # as it was before
