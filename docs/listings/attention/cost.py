import numpy as np

n = np.array([1_000, 8_000, 128_000])  # tokens in one text
d, number_bytes = 64, 2  # width of one head; float16

flops = 4 * n**2 * d  # two matrix products, two operations a term
scores_mb = number_bytes * n**2 / 1e6
qkvo_mb = number_bytes * 4 * n * d / 1e6

for row in zip(n, flops, scores_mb, qkvo_mb, strict=True):
    print("n = {:,}: {:.1e} FLOPs".format(*row[:2]))
    print("  scores {:,.1f} MB, Q K V O {:.1f} MB".format(*row[2:]))

d_model = 768  # all heads together, BERT-base
per_pair = 4 * d  # of one head
projections = 4 * 2 * d_model**2  # per token: to Q, K, V, and after O
feed_forward = 2 * 2 * d_model * (4 * d_model)  # per token
even = projections // (4 * d_model)
even_layer = (projections + feed_forward) // (4 * d_model)
print("FLOPs per pair in one head", per_pair)
print("as many as the projections at n =", even)
print("as many as the rest of the layer at n =", even_layer)
