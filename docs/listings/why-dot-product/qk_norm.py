import numpy as np

from attention.dot_product import norm
from attention.score_functions import cosine_scores
from attention.scores import dot_product_scores

rng = np.random.default_rng(0)
d = 64
Q, K = rng.standard_normal((2, 16, d)) * rng.uniform(0.5, 2, (2, 16, 1))


def rms_norm(a, gain):
    return a / np.sqrt((a * a).mean(-1, keepdims=True)) * gain


cosines = np.sqrt(d) * cosine_scores(Q, K)
gains = {"ones": np.ones(d), "uneven": rng.uniform(0, 2, d)}
apart, lengths = {}, {}
for name, gain in gains.items():
    keys = rms_norm(K, gain)
    scores = dot_product_scores(rms_norm(Q, gain), keys) / np.sqrt(d)
    apart[name] = abs(scores - cosines).max()
    lengths[name] = norm(keys).min(), norm(keys).max()
    print(f"gain {name:6}: off by up to {apart[name]:.3f};", end=" ")
    print("keys {:.2f} to {:.2f} long".format(*lengths[name]))

# One norm for four heads of a token together
parts = rms_norm(K, gains["ones"]).reshape(16, 4, 16)
low, high = norm(parts).min(), norm(parts).max()
print(f"one head of four: keys {low:.2f} to {high:.2f} long")
