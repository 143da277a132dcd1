import numpy as np

from attention import scaled_dot_product_attention

rng = np.random.default_rng(0)
n_q, n_k, d_k, d_v = 70, 110, 16, 24
Q = rng.standard_normal((n_q, d_k))
K = rng.standard_normal((n_k, d_k))
V = rng.standard_normal((n_k, d_v))
block_q, block_k = 32, 48

output, largest = np.empty((n_q, d_v)), 0
for i in range(0, n_q, block_q):
    q = Q[i : i + block_q] / d_k**0.5
    m = np.full((len(q), 1), -np.inf)
    l, acc = np.zeros((len(q), 1)), np.zeros((len(q), d_v))
    for j in range(0, n_k, block_k):
        scores = q @ K[j : j + block_k].T  # the window, all there is
        largest = max(largest, scores.size)
        m_new = np.maximum(m, scores.max(axis=1, keepdims=True))
        alpha, p = np.exp(m - m_new), np.exp(scores - m_new)
        l = alpha * l + p.sum(axis=1, keepdims=True)
        acc = alpha * acc + p @ V[j : j + block_k]
        m = m_new
    output[i : i + block_q] = acc / l

whole = scaled_dot_product_attention(Q, K, V)
print("equal:", np.allclose(output, whole, rtol=1e-12))
print("scores at a time:", largest, "of", n_q * n_k)
