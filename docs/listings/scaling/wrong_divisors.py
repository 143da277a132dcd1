import numpy as np

from attention.softmax import softmax

rng = np.random.default_rng(0)
d_model, heads, n_k = 768, 12, 64
d_k = d_model // heads
Q = rng.standard_normal((20, n_k, d_k))
K = rng.standard_normal((20, n_k, d_k))
scores = Q @ K.mT

cases = {
    "by root d_k": scores / d_k**0.5,  # right
    "by d_k": scores / d_k,
    "twice by root d_k": scores / d_k**0.5 / d_k**0.5,
    "by root d_model": scores / d_model**0.5,
    "multiplied": scores * d_k**0.5,
}
spread, top = {}, {}
for case, divided in cases.items():
    spread[case] = divided.std()
    top[case] = softmax(divided).max(axis=-1).mean()
    print(f"{case:17} spread {spread[case]:5.2f}", end="  ")
    print(f"largest of {n_k} weights {top[case]:.3f}")
for case in list(cases)[1:]:
    assert abs(spread[case] - 1) > 0.5, "this one is right"
