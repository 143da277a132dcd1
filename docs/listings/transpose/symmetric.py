import numpy as np

from attention.scores import dot_product_scores

rng = np.random.default_rng(0)
Q = rng.standard_normal((5, 3))
C = np.array([[2.0, 1, 0], [1, 0, 3], [0, 3, 1]])  # symmetric
X = rng.standard_normal((5, 7))
W_q, W_k = rng.standard_normal((2, 7, 3))

pairs = {
    "K = Q    ": (Q, Q),
    "K = 2 Q  ": (Q, 2 * Q),
    "K = Q C  ": (Q, Q @ C),
    "learned  ": (X @ W_q, X @ W_k),
}
for name, (q, k) in pairs.items():
    S, mirrored = dot_product_scores(q, k), dot_product_scores(k, q)
    print(name, "equal", np.allclose(S, mirrored), end="  ")
    print("mirror images", np.allclose(S, mirrored.T))

original = dot_product_scores(X @ W_q, X @ W_k)
W_q, W_k = W_k, W_q  # exchange the parameters, then the factors
renamed = dot_product_scores(X @ W_k, X @ W_q)
print("both exchanged: as before", np.allclose(renamed, original))
