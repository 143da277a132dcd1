import numpy as np

from attention import scaled_dot_product_attention as attend

rng = np.random.default_rng(1)
n, d, layers = 5, 16, 3
X = rng.standard_normal((n, d))
parameters = rng.standard_normal((layers, 3, d, d)) / d**0.5


def keys_and_values(X, is_causal):
    found = []
    for W_q, W_k, W_v in parameters:
        Q, K, V = X @ W_q, X @ W_k, X @ W_v
        found.append(np.hstack([K, V]))
        X = X + attend(Q, K, V, is_causal=is_causal)
    return found


longer = np.vstack([X, rng.standard_normal(d)])  # one token more
changes = {}
for is_causal in (True, False):
    before = keys_and_values(X, is_causal)
    after = keys_and_values(longer, is_causal)
    pairs = zip(before, after, strict=True)
    largest = [abs(new[:n] - old).max() for old, new in pairs]
    changes[is_causal] = np.round(largest, 6)
    print("with mask" if is_causal else "without mask")
    print("  layers 1, 2, 3:", changes[is_causal].round(2))
