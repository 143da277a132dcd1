import numpy as np

from attention import attention_steps

rng = np.random.default_rng(0)
batch = n_heads = 3
n, d_k = 5, 7
Q, K, V = rng.standard_normal((3, batch, n_heads, n, d_k))
lengths = np.array([5, 3, 1])  # tokens that are no padding
visible = np.arange(n) < lengths[:, None, None]

wrong = attention_steps(Q, K, V, visible).weights
right = attention_steps(Q, K, V, visible[:, None]).weights
print("mask", visible.shape, "cure", visible[:, None].shape)
seen_wrong = (wrong > 0).any(axis=2).sum(axis=-1)
seen_right = (right > 0).any(axis=2).sum(axis=-1)
print("keys seen, a row a text, a column a head")
print("wrong", seen_wrong.tolist())
print("right", seen_right.tolist())
