import numpy as np

from attention.qkv import linear

rng = np.random.default_rng(0)
n, d_model, n_heads, d_k = 5, 768, 12, 64
X = rng.standard_normal((n, d_model))
per_head = rng.standard_normal((n_heads, d_model, d_k))
one_head = np.stack([linear(X, W) for W in per_head])

joined = np.concatenate(list(per_head), axis=1)  # side by side
wide = linear(X, joined)
split = wide.reshape(n, n_heads, d_k).swapaxes(0, 1)
print("one projection ", joined.shape, "gives", wide.shape)
print("cut into heads ", split.shape)
print("as head by head", np.allclose(split, one_head))
