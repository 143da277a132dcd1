import numpy as np

from attention.score_functions import additive_scores, bilinear_scores
from attention.scores import dot_product_scores

rng = np.random.default_rng(0)
q, k = rng.standard_normal((2, 1, 7))
W, U_q, U_k = rng.standard_normal((3, 7, 7))
w = rng.standard_normal(7)
even = [bilinear_scores(c * q, c * k, W) for c in (1, -1)]
odd = [additive_scores(c * q, c * k, U_q, U_k, w) for c in (1, -1)]
print("bilinear", *(s.round(3) for s in even))
print("additive", *(s.round(3) for s in odd))

# A second entry of ones gives each hidden unit a bias.
x = np.linspace(-2, 2, 9)[:, None]
inputs = np.concatenate([x, np.ones_like(x)], axis=1)
bias, h = 0.5, 0.01
to_q = np.array([[h, -h, h, -h], [bias] * 4])
to_k = np.array([[h, -h, -h, h], [0.0] * 4])
bend = -2 * np.tanh(bias) * (1 - np.tanh(bias) ** 2)  # tanh''
to_score = np.array([1, 1, -1, -1]) / (4 * h * h * bend)
imitated = additive_scores(inputs, inputs, to_q, to_k, to_score)
miss = abs(imitated - dot_product_scores(x, x)).max()
print(f"four units: off the product by up to {miss:.1e}")
large = abs(to_score[0])
print(f"size of their entries in w: {large:,.0f}")

to_q, to_k = np.array([[1.0, 1.0], [1.0, -1.0]]), np.zeros((2, 2))
to_score = np.array([1.0, -1.0])
one_key = additive_scores(inputs, inputs[:1], to_q, to_k, to_score)
print("two units, one key:", one_key[:, 0].round(2))
