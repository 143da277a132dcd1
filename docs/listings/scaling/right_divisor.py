import numpy as np

from attention.scaling import scale_scores
from attention.scores import dot_product_scores
from attention.softmax import softmax

rng = np.random.default_rng(0)
d_model, n_k, kept = 768, 64, {}
for heads in (48, 12, 3):
    shape = 20, n_k, d_model // heads
    Q = rng.standard_normal(shape, dtype=np.float32)
    K = rng.standard_normal(shape, dtype=np.float32)
    scores = scale_scores(dot_product_scores(Q, K), K.shape[-1])
    kept[heads] = softmax(scores).max(axis=-1).mean()
    print(f"{heads:2} heads  spread {scores.std():.2f}", end="  ")
    print(f"largest weight {kept[heads]:.3f}  {scores.dtype}")
    assert scores.dtype == Q.dtype
