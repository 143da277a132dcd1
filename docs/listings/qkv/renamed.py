import numpy as np

from attention.qkv import project_qkv

rng = np.random.default_rng(0)
X = rng.standard_normal((5, 13))
W_q, W_k = rng.standard_normal((2, 13, 7))
W_v = rng.standard_normal((13, 11))
R = rng.standard_normal((7, 7))  # any invertible matrix

query, key, _ = project_qkv(X, W_q, W_k, W_v)
turned = project_qkv(X, W_q @ R, W_k @ np.linalg.inv(R).T, W_v)
moved = abs(turned.query - query).max()
print("entries of Q move by up to", moved.round(1))
scores, same = query @ key.T, turned.query @ turned.key.T
print("scores stay", np.allclose(scores, same))
