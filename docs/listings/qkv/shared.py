import numpy as np

rng = np.random.default_rng(0)
draws, n, d_model = 2000, 16, 64
widths = [1, 4, 16, 64]
itself, apart, topmost = {}, {}, {}


def finds_itself(scores):
    return (scores.argmax(axis=-1) == np.arange(n)).mean()


for d_k in widths:
    X = rng.standard_normal((draws, n, d_model))
    W_q, W_k = rng.standard_normal((2, draws, d_model, d_k))
    Q, K = X @ W_q, X @ W_k
    shared = Q @ Q.mT  # one matrix for both
    itself[d_k] = finds_itself(shared)
    apart[d_k] = finds_itself(Q @ K.mT)
    highest = shared.max(axis=(1, 2))
    diagonal = np.linalg.diagonal(shared).max(axis=1)
    topmost[d_k] = np.isclose(highest, diagonal).mean()
    print(f"d_k = {d_k:2}: one matrix {itself[d_k]:.3f}", end=", ")
    print(f"two {apart[d_k]:.3f}")
print("highest score on the diagonal", min(topmost.values()))
