import numpy as np

from attention import scaled_dot_product_attention as attend
from attention.position import rotary

rng = np.random.default_rng(0)
d, layers = 16, 3
parameters = rng.standard_normal((layers, 3, d, d)) / d**0.5


def tokens(n):
    return rng.standard_normal((n, d))


def keys(X, passage):
    """Return the passage's keys in each layer."""
    places, found = np.arange(len(X)), []
    for W_q, W_k, W_v in parameters:
        Q, K = rotary(X @ W_q, places), rotary(X @ W_k, places)
        found.append(K[passage])
        X = X + attend(Q, K, X @ W_v, is_causal=True)
    return np.array(found)


start, passage = tokens(6), tokens(4)
kept = keys(np.vstack([start, passage]), slice(6, 10))
cases = {
    "another ending": ([start, passage, tokens(5)], slice(6, 10)),
    "another beginning": ([tokens(6), passage], slice(6, 10)),
    "one token earlier": ([start[1:], passage], slice(5, 9)),
}
changed = {}
for name, (text, where) in cases.items():
    difference = abs(keys(np.vstack(text), where) - kept)
    changed[name] = difference.max(axis=(1, 2)).round(2)
    print(f"{name:18}", changed[name])
