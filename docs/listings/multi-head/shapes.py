import numpy as np

from attention import scaled_dot_product_attention
from attention.multi_head import join_heads, split_heads
from attention.qkv import linear

rng = np.random.default_rng(0)
batch, n, d_model, n_heads, d_k, d_v = 2, 5, 13, 3, 7, 11
X = rng.standard_normal((batch, n, d_model))
W_q, W_k = rng.standard_normal((2, d_model, n_heads * d_k))
W_v = rng.standard_normal((d_model, n_heads * d_v))
W_o = rng.standard_normal((n_heads * d_v, d_model))

wide = linear(X, W_q)
Q = split_heads(wide, n_heads)
K = split_heads(linear(X, W_k), n_heads)
V = split_heads(linear(X, W_v), n_heads)
scores = Q @ K.mT
heads = scaled_dot_product_attention(Q, K, V)
joined = join_heads(heads)
output = linear(joined, W_o)
names = "X", "wide", "Q", "scores", "V", "heads", "joined", "output"
for name in names:
    print(f"{name:7}", globals()[name].shape)
