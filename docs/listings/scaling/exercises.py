import numpy as np

from attention.scaling import scale_scores, soft_cap
from attention.scores import dot_product_scores

rng = np.random.default_rng(0)
d_k, sigma = 64, 0.5
Q, K = sigma * rng.standard_normal((2, 2000, d_k))
scores = dot_product_scores(Q, K)
small, divided = scores.std(), scale_scores(scores, d_k).std()
print("first ", small.round(2), divided.round(2))

key = np.full((1, d_k), 60, dtype=np.float16)
largest = float(np.finfo(key.dtype).max)
with np.errstate(over="ignore"):
    late = scale_scores(dot_product_scores(key, key), d_k)[0, 0]
early = dot_product_scores(scale_scores(key, d_k), key)[0, 0]
print("second", late, float(early))

near_scores = np.array([40.0, 80.0])
far_scores = np.array([1000.0, 2000.0])
near, far = soft_cap(near_scores, 50.0), soft_cap(far_scores, 50.0)
print("third ", near.round(1).tolist(), far.tolist())
