import numpy as np

from attention.gpu import decode
from attention.tiling import merge, tiled_attention

heads, processors, n = 8, 132, 8_192  # of keys; of the GPU
enough = 0.95  # share of the processors at work
for parts in (1, 2, 4, 8, 16):
    programs = heads * parts
    rounds = -(-programs // processors)
    busy = programs / (rounds * processors)
    print(f"parts {parts:>3}: {programs:>4} programs, {busy:6.1%} busy", end="")
    print(" (enough)" if busy >= enough else "")
chosen = decode.splits_of(1, heads, n, processors)
print("chosen:", chosen, "parts of", n // chosen, "keys")

rng = np.random.default_rng(0)
query = rng.standard_normal((1, 64))
key, value = rng.standard_normal((2, n, 64))
whole = tiled_attention(query, key, value)
found = np.zeros_like(query), np.array([-np.inf])  # nothing yet
for k, v in np.split(np.stack([key, value]), chosen, axis=1):
    part = tiled_attention(query, k, v, return_lse=True)
    found = merge(*found, *part)
print("merged, the same:", np.allclose(found[0], whole))
