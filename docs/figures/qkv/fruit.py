"""Two tokens found by the same key hand over different values."""

import numpy as np
from draw import Plane, svg, text

X = np.array([[1, 0, 0, 0], [0, 1, 1, 0], [0, 1, 0, 1]])
W_q = np.array([[2, 0], [0, 1], [0, 0], [0, 0]])
W_k = np.array([[0, 1], [1, 0], [0, 0], [0, 0]])
W_v = np.array([[0, 0], [0, 0], [1, 0], [0, 1]])

Q, K, V = X @ W_q, X @ W_k, X @ W_v
powers = np.exp(Q @ K.T / Q.shape[1] ** 0.5)
output = (powers / powers.sum(axis=1, keepdims=True) @ V)[0]

asked = Plane((36, 196), unit=84)
beside = Plane((36, 184), unit=84)
given = Plane((308, 196), unit=140)
parts = [
    asked.vector(Q[0], "fig-a"),
    asked.label(Q[0], "q_1", (18, 7)),
    asked.vector(K[0], "fig-b"),
    asked.label(K[0], "k_1", (0, -12)),
    beside.vector(K[1], "fig-b"),
    beside.label(K[2], "k_2 = k_3", (34, -8)),
    given.vector(V[1], "fig-c"),
    given.label(V[1], "v_2", (18, 7)),
    given.vector(V[2], "fig-c"),
    given.label(V[2], "v_3", (0, -12)),
    given.vector(output, "fig-a"),
    given.label(output, "Σ p v", (34, -6)),
    text((120, 236), "QKᵀ", "fig-math"),
    text((378, 236), "V", "fig-math"),
]
print(svg(480, 248, parts))
