import numpy as np

from attention.multi_head import multi_head_attention

rng = np.random.default_rng(0)
n, d_model, n_heads, n_kv_heads, d_k = 5, 13, 6, 2, 7
X = rng.standard_normal((n, d_model))
W_q = rng.standard_normal((d_model, n_heads * d_k))
W_k, W_v = rng.standard_normal((2, d_model, n_kv_heads * d_k))
W_o = rng.standard_normal((n_heads * d_k, d_model))
counts = {"n_heads": n_heads, "n_kv_heads": n_kv_heads}
shared = multi_head_attention(X, W_q, W_k, W_v, W_o, **counts)

group = n_heads // n_kv_heads
reads = [h // group for h in range(n_heads)]
print("query head reads key head", list(enumerate(reads)))


def own_copy(W):
    parts = np.split(W, n_kv_heads, axis=1)
    return np.concatenate([parts[k] for k in reads], axis=1)


copies = own_copy(W_k), own_copy(W_v)
copied = multi_head_attention(X, W_q, *copies, W_o, n_heads=n_heads)
print("as with copies:", np.allclose(shared, copied))
width = copies[0].shape[1]
print("width of W_k", W_k.shape[1], "and of its copy", width)
