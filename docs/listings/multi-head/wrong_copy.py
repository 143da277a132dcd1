import numpy as np

from attention import scaled_dot_product_attention as attend

rng = np.random.default_rng(0)
n, n_heads, n_kv_heads, d_k = 5, 6, 2, 7
Q = rng.standard_normal((n_heads, n, d_k))
K, V = rng.standard_normal((2, n_kv_heads, n, d_k))
right = attend(Q, K, V, enable_gqa=True)

group = n_heads // n_kv_heads
marks = np.arange(n_kv_heads)
right_order = np.repeat(marks, group)
wrong_order = np.tile(marks, group)
print("np.repeat", right_order, "np.tile", wrong_order)

repeated = attend(Q, K[right_order], V[right_order])
tiled = attend(Q, K[wrong_order], V[wrong_order])
same = np.isclose(tiled, right).all(axis=(1, 2))
print("repeated:", np.allclose(repeated, right))
print("tiled, head by head:", same.tolist())
