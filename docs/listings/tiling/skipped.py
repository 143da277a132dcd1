import numpy as np

from attention import scaled_dot_product_attention
from attention.tiling import tiled_attention

rng = np.random.default_rng(0)
n, block = 512, 64
Q, K, V = rng.standard_normal((3, n, 8))
K[-block:] = V[-block:] = np.nan  # touch the last keys, and it shows

size = {"block_q": block, "block_k": block}
whole = scaled_dot_product_attention(Q, K, V, is_causal=True)
tiled = tiled_attention(Q, K, V, is_causal=True, **size)
clean = [np.isfinite(o).all(axis=-1).sum() for o in (whole, tiled)]
print("rows without NaN, the whole table:", clean[0])
print("rows without NaN, block by block: ", clean[1])
