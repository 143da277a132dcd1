import numpy as np

from attention.softmax import softmax


def jacobian(p):
    return np.diag(p) - np.outer(p, p)


scores = np.array([1.0, 0.0, -1.0])
J = jacobian(softmax(scores))
print(J.round(3))

h = 1e-6
nudges = h * np.eye(3)
rise = softmax(scores + nudges) - softmax(scores - nudges)
differences = rise / (2 * h)
print("finite differences agree", np.allclose(differences, J, atol=1e-9))

rng = np.random.default_rng(0)
rows = softmax(3 * rng.standard_normal((1000, 7)))
largest = max(np.linalg.norm(jacobian(p), 2) for p in rows)
print("largest norm of 1000 random rows", largest.round(3))
quarter = jacobian(np.array([0.5, 0.5]))[0, 0]
norms = {}
for gap in (0, 1, 5, 10):
    p = softmax(np.array([gap, 0.0]))
    norms[gap] = np.linalg.norm(jacobian(p), 2)
    print(f"two keys {gap:2} apart: norm {norms[gap]:.1e}")
