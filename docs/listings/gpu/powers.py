import numpy as np

from attention.tiling import tiled_attention

rng = np.random.default_rng(0)
query, key, value = rng.standard_normal((3, 6, 8))
scale = 8**-0.5 / np.log(2)  # base e to base two

m, l, acc = np.full((6, 1), -np.inf), 0, 0
for start in range(0, 6, 2):
    k, v = key[start : start + 2], value[start : start + 2]
    scores = query @ k.T  # not scaled yet
    new_m = np.maximum(m, scores.max(-1, keepdims=True))
    shift = new_m * scale
    p = np.exp2(scores * scale - shift)
    alpha = np.exp2(m * scale - shift)
    l = l * alpha + p.sum(-1, keepdims=True)
    acc = acc * alpha + p @ v
    m = new_m
output = acc / l
lse = m * (scale * np.log(2)) + np.log(l)

right, right_lse = tiled_attention(query, key, value, return_lse=True)
print("the same output:", np.allclose(output, right))
print("the same lse:   ", np.allclose(lse[:, 0], right_lse))
