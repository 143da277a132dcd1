import numpy as np

from attention.softmax import softmax

rng = np.random.default_rng(0)
n_k, d_k = 5, 7
scale = d_k**-0.5
q, K = rng.standard_normal(d_k), rng.standard_normal((n_k, d_k))
g = rng.standard_normal(n_k)  # what the loss wants of the weights


def jacobian(p):
    return np.diag(p) - np.outer(p, p)


def loss(q):
    return softmax(scale * K @ q) @ g


p = softmax(scale * K @ q)
gradient = scale * K.T @ jacobian(p) @ g
step = 1e-6 * np.eye(d_k)
numeric = [(loss(q + s) - loss(q - s)) / 2e-6 for s in step]
print("finite differences agree", np.allclose(gradient, numeric))

size = {}
for top in (0.5, 0.9, 0.99, 0.9999):
    row = np.array([top, 1 - top, 0, 0, 0])
    size[top] = np.linalg.norm(jacobian(row), 2)
    print(f"largest weight {top:6}  norm of J {size[top]:.4f}")
