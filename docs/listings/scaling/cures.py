import numpy as np

from attention.scaling import scale_scores, soft_cap
from attention.scores import dot_product_scores
from attention.softmax import softmax

rng = np.random.default_rng(0)
d_k, n_k, cap = 64, 64, 50.0
Q = rng.standard_normal((10, n_k, d_k))
K = rng.standard_normal((10, n_k, d_k))


def scores_of(q, k):
    return scale_scores(dot_product_scores(q, k), d_k)


def rms_norm(x):
    return x / np.sqrt((x * x).mean(axis=-1, keepdims=True))


spread, grown, capped, normed = {}, {}, {}, {}
for growth in (1, 4, 10, 40):  # training has made the queries longer
    scores = scores_of(growth * Q, K)
    bent = soft_cap(scores, cap)
    even = scores_of(rms_norm(growth * Q), rms_norm(K))
    spread[growth] = scores.std()
    grown[growth] = softmax(scores).max(axis=-1).mean()
    capped[growth] = softmax(bent).max(axis=-1).mean()
    normed[growth] = softmax(even).max(axis=-1).mean()
    print(f"spread {spread[growth]:4.1f}", end="  largest weight: ")
    print(f"plain {grown[growth]:.2f}", end=", ")
    print(f"capped {capped[growth]:.2f}, QK-norm {normed[growth]:.2f}")
