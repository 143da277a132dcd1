import numpy as np

n = np.array([1_000, 8_000, 128_000])  # tokens in one text
d, number_bytes = 64, 2  # width of one head; half precision

flops = 4 * n**2 * d  # two matrix products, two operations a term
scores_mb = number_bytes * n**2 / 1e6
qkvo_mb = number_bytes * 4 * n * d / 1e6

for row in zip(n, flops, scores_mb, qkvo_mb, strict=True):
    print("n = {:,}: {:.1e} FLOPs".format(*row[:2]))
    print("  scores {:,.1f} MB, Q K V O {:.1f} MB".format(*row[2:]))

d_model = 768  # all heads together, BERT-base
even = 2 * d_model
projections = 4 * 2 * even * d_model**2  # to Q, K, V, and after O
assert projections == 4 * even**2 * d_model
print("as many FLOPs as the projections at n =", even)
