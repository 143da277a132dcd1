import numpy as np

rng = np.random.default_rng(0)
q, k = rng.standard_normal((2, 7))
W, U_q, U_k = rng.standard_normal((3, 7, 7))
w = rng.standard_normal(7)


def unit(a):
    return a / np.linalg.norm(a)


def slope(f, h=1e-5):  # by trying: a small step along each axis
    steps = h * np.eye(len(q))
    return np.array([(f(q + s) - f(q - s)) / (2 * h) for s in steps])


def additive(q):
    return np.tanh(q @ U_q + k @ U_k) @ w


passed = 1 - np.tanh(q @ U_q + k @ U_k) ** 2  # tanh'
across = unit(k) - (unit(q) @ unit(k)) * unit(q)
pairs = {
    "dot": (lambda q: q @ k, k),
    "cosine": (lambda q: unit(q) @ unit(k), across / np.linalg.norm(q)),
    "distance": (lambda q: -((q - k) ** 2).sum(), 2 * (k - q)),
    "bilinear": (lambda q: q @ W @ k, W @ k),
    "additive": (additive, U_q @ (passed * w)),
}
for name, (score, formula) in pairs.items():
    print(name, abs(slope(score) - formula).max() < 1e-8)
along = abs(across @ unit(q))
print("cosine: nothing along q", along < 1e-12)
