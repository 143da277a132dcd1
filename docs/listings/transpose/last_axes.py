import numpy as np

from attention.scores import dot_product_scores

rng = np.random.default_rng(0)
query = rng.standard_normal((2, 11, 3, 7))  # batch, heads, n_q, d_k
key = rng.standard_normal((2, 11, 5, 7))  # batch, heads, n_k, d_k

scores = dot_product_scores(query, key)
swapped = query @ key.swapaxes(-2, -1)
summed = np.einsum("...id,...jd->...ij", query, key)
loops = np.empty((2, 11, 3, 5))
for b, h, i, j in np.ndindex(loops.shape):
    loops[b, h, i, j] = (query[b, h, i] * key[b, h, j]).sum()

print(scores.shape)
for way in (swapped, summed, loops):
    print(np.allclose(way, scores))
