import numpy as np

from attention.tiling import tiled_attention

rng = np.random.default_rng(0)
query, key, value = rng.standard_normal((3, 6, 8))
scale = 8**-0.5 / np.log(2)  # base e to base two

highest, total, mixed = np.full((6, 1), -np.inf), 0, 0
for start in range(0, 6, 2):
    k, v = key[start : start + 2], value[start : start + 2]
    scores = query @ k.T  # not scaled yet
    new_highest = np.maximum(highest, scores.max(-1, keepdims=True))
    shift = new_highest * scale
    powers = np.exp2(scores * scale - shift)
    correction = np.exp2(highest * scale - shift)
    total = total * correction + powers.sum(-1, keepdims=True)
    mixed = mixed * correction + powers @ v
    highest = new_highest
output = mixed / total
lse = highest * (scale * np.log(2)) + np.log(total)

right, right_lse = tiled_attention(query, key, value, return_lse=True)
print("the same output:", np.allclose(output, right))
print("the same lse:   ", np.allclose(lse[:, 0], right_lse))
