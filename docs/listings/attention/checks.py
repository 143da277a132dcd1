import numpy as np

from attention import scaled_dot_product_attention as attend

rng = np.random.default_rng(0)
n_q, n_k, d_k, d_v = 3, 5, 7, 11  # all different, all prime
Q = rng.standard_normal((n_q, d_k))
K = rng.standard_normal((n_k, d_k))
V = rng.standard_normal((n_k, d_v))

ones = attend(Q, K, np.ones((n_k, 1)))
print("a constant comes out:", np.allclose(ones, 1))

average = attend(0 * Q, K, V)
print("a zero query averages:", np.allclose(average, V.mean(axis=0)))


def by_loop(seen):  # query i sees the first seen[i] keys
    rows = np.empty((n_q, d_v))
    for i, n in enumerate(seen):
        powers = [np.exp((Q[i] * k).sum() / d_k**0.5) for k in K[:n]]
        total = sum(p * v for p, v in zip(powers, V[:n], strict=True))
        rows[i] = total / sum(powers)
    return rows


output = attend(Q, K, V)
same = np.allclose(output, by_loop([n_k] * n_q))
print("a loop gives the same:", same)

past = n_k - n_q  # keys before the first query
output = attend(Q, K, V, is_causal=True, offset=past)
same = np.allclose(output, by_loop(past + 1 + np.arange(n_q)))
print("with the causal mask, too:", same)

visible = np.ones((n_q, n_k), dtype=bool)
visible[1] = False
blind = attend(Q, K, V, visible)[1]
print("seeing nothing gives zeros:", (blind == 0).all())
