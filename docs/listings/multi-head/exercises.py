import numpy as np

from attention.multi_head import multi_head_attention

# Values that hold role and name: subject, object, cat, mouse.
cat_chases = np.array([[1, 0, 1, 0], [0, 1, 0, 1]])
mouse_chases = np.array([[1, 0, 0, 1], [0, 1, 1, 0]])
equal, unequal = np.array([0.5, 0.5]), np.array([0.9, 0.1])
alike = [equal @ V for V in (cat_chases, mouse_chases)]
apart = [unequal @ V for V in (cat_chases, mouse_chases)]
print("equal weights:  ", *alike)
print("unequal weights:", *apart)

rng = np.random.default_rng(0)
X = rng.standard_normal((5, 13))
W_q, W_k, W_v = rng.standard_normal((3, 13, 21))
W_o = rng.standard_normal((21, 13))
before = multi_head_attention(X, W_q, W_k, W_v, W_o, n_heads=3)
order = np.arange(21).reshape(3, 7)[[2, 0, 1]].ravel()
moved = [W[:, order] for W in (W_q, W_k, W_v)]
both = multi_head_attention(X, *moved, W_o[order], n_heads=3)
half = multi_head_attention(X, *moved, W_o, n_heads=3)
print("other order:", np.allclose(both, before))
print("but W_o as it was:", np.allclose(half, before))

d_model, n_heads, n_kv_heads, d_k = 4096, 32, 8, 128
large = d_model * n_heads * d_k  # W_q, and W_o
small = d_model * n_kv_heads * d_k  # W_k, and W_v
layer, own_keys = 2 * large + 2 * small, 4 * large
print(f"Llama: {layer:,}, with keys of their own {own_keys:,}")
last = n_heads - 1
last_reads = last // (n_heads // n_kv_heads)
print("query head", last, "reads key head", last_reads)
