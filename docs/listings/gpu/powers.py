import numpy as np

from attention.tiling import tiled_attention

rng = np.random.default_rng(0)
query, key, value = rng.standard_normal((3, 6, 8))
scale = 8**-0.5 / np.log(2)  # from base e to base two
block_k = 2

q = query
m, l, acc = np.full(6, -np.inf), np.zeros(6), np.zeros((6, 8))
for start in range(0, 6, block_k):
    k = key[start : start + block_k]
    v = value[start : start + block_k]
    scores = q @ k.T
    new_m = np.maximum(m, scores.max(1))
    shift = new_m * scale
    p = np.exp2(scores * scale - shift[:, None])
    alpha = np.exp2(m * scale - shift)
    l = l * alpha + p.sum(1)
    acc = acc * alpha[:, None]
    acc = p @ v + acc
    m = new_m
output = acc / l[:, None]
lse = m * (scale * np.log(2)) + np.log(l)

right, right_lse = tiled_attention(query, key, value, return_lse=True)
print("the same output:", np.allclose(output, right))
print("the same lse:   ", np.allclose(lse, right_lse))
