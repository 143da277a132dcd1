import numpy as np

from attention import scaled_dot_product_attention

rng = np.random.default_rng(0)
n_q, n_k, d_k, d_v = 3, 5, 7, 11  # all different, all prime
Q = rng.standard_normal((n_q, d_k))
K = rng.standard_normal((n_k, d_k))
V = rng.standard_normal((n_k, d_v))

ones = scaled_dot_product_attention(Q, K, np.ones((n_k, 1)))
print("a constant comes out:", np.allclose(ones, 1))

average = scaled_dot_product_attention(0 * Q, K, V)
print("a zero query averages:", np.allclose(average, V.mean(axis=0)))

loop = np.empty((n_q, d_v))
for i in range(n_q):
    powers = [np.exp((Q[i] * k).sum() / d_k**0.5) for k in K]
    total = sum(p * v for p, v in zip(powers, V, strict=True))
    loop[i] = total / sum(powers)
output = scaled_dot_product_attention(Q, K, V)
print("the loop gives the same:", np.allclose(output, loop))

visible = np.ones((n_q, n_k), dtype=bool)
visible[1] = False
blind = scaled_dot_product_attention(Q, K, V, visible)[1]
print("seeing nothing gives zeros:", (blind == 0).all())
