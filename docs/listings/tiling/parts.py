from itertools import pairwise

import numpy as np

from attention.tiling import merge, tiled_attention

rng = np.random.default_rng(0)
Q = rng.standard_normal((3, 16))
K, V = rng.standard_normal((2, 200, 16))
whole, whole_lse = tiled_attention(Q, K, V, return_lse=True)

a, b, c, d = parts = [
    tiled_attention(Q, K[i:j], V[i:j], return_lse=True)  # its own keys
    for i, j in pairwise([0, 70, 75, 140, 200])
]
nothing = np.zeros_like(whole), np.full_like(whole_lse, -np.inf)
orders = {
    "one by one": merge(*merge(*merge(*a, *b), *c), *d),
    "in pairs": merge(*merge(*a, *b), *merge(*c, *d)),
    "shuffled": merge(*merge(*c, *merge(*nothing, *a)), *merge(*d, *b)),
}
for name, (output, lse) in orders.items():
    equal = np.allclose(output, whole, rtol=1e-12)
    equal &= np.allclose(lse, whole_lse, rtol=1e-12)
    print(f"{name:12}", equal)
shares = [np.exp(lse - whole_lse)[0] for _, lse in parts]
print("shares of the first query", np.round(shares, 3))
assert all(map(np.array_equal, merge(*a, *nothing), a))
