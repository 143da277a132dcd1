import numpy as np

from attention.scores import dot_product_scores

rng = np.random.default_rng(0)
d_k = 7


def vectors(n):
    return rng.standard_normal((n, d_k))


tokens, source, cached = vectors(5), vectors(11), vectors(4)
itself = dot_product_scores(tokens, tokens)
across = dot_product_scores(tokens, source)
print("self-attention ", itself.shape)
print("cross-attention", across.shape)

steps = []
for _ in range(3):  # decoding: one query, all keys so far
    newest = vectors(1)
    cached = np.concatenate([cached, newest])
    step = dot_product_scores(newest, cached)
    steps.append(step.shape)
    print("decoding step  ", step.shape)
