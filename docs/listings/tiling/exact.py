import numpy as np

from attention import scaled_dot_product_attention
from attention.tiling import tiled_attention

rng = np.random.default_rng(0)
n, d, bound = 2_000, 64, 1e-6
exact = rng.standard_normal((3, n, d))
single = exact.astype(np.float32)
truth = scaled_dot_product_attention(*single.astype(np.float64))


def off(output):
    return np.linalg.norm(output - truth) / np.linalg.norm(truth)


whole = off(scaled_dot_product_attention(*single))
tiled = off(tiled_attention(*single))
print("the whole table: off by less than", bound, whole < bound)
print("block by block:  off by less than", bound, tiled < bound)
