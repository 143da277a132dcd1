import numpy as np

from attention.scaling import scale_scores
from attention.scores import dot_product_scores

rng = np.random.default_rng(0)
widths = (16, 64, 128, 768)
variance, spread, scaled_spread = {}, {}, {}
for d_k in widths:
    Q = rng.standard_normal((2000, d_k))
    K = rng.standard_normal((2000, d_k))
    scores = dot_product_scores(Q, K)
    variance[d_k] = scores.var()
    spread[d_k] = scores.std()
    scaled_spread[d_k] = scale_scores(scores, d_k).std()
    print(f"d_k {d_k:3}  variance {variance[d_k]:5.1f}", end="  ")
    print(f"spread {spread[d_k]:4.1f}", end="  ")
    print(f"divided by {d_k**0.5:4.1f}: {scaled_spread[d_k]:.2f}")
