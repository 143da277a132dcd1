import numpy as np

from attention import scaled_dot_product_attention
from attention.multi_head import multi_head_attention, split_heads

rng = np.random.default_rng(0)
n, d_model, n_heads, d_k, d_v = 5, 13, 3, 7, 11
X = rng.standard_normal((n, d_model))
W_q, W_k = rng.standard_normal((2, d_model, n_heads * d_k))
W_v = rng.standard_normal((d_model, n_heads * d_v))
W_o = rng.standard_normal((n_heads * d_v, d_model))
output = multi_head_attention(X, W_q, W_k, W_v, W_o, n_heads=n_heads)

Q, K, V = (split_heads(X @ W, n_heads) for W in (W_q, W_k, W_v))
heads = scaled_dot_product_attention(Q, K, V)  # a table a head
parts = [heads[h] @ W_o[h * d_v :][:d_v] for h in range(n_heads)]
same = np.allclose(sum(parts), output)
print("each head adds", parts[0].shape, "and the sum is right:", same)

without = np.delete(W_o, np.s_[d_v : 2 * d_v], axis=0)
two_left = np.concatenate([heads[0], heads[2]], axis=1) @ without
gone = np.allclose(two_left, output - parts[1])
print("without the second head, its part is gone:", gone)
