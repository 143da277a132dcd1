import numpy as np

from attention.softmax import softmax

rng = np.random.default_rng(0)
d, n, tries = 64, 16, 1000
U_q, U_k = rng.standard_normal((2, d, d)) / np.sqrt(2 * d)
stretches = 1, 3, 10
passed, reached = {}, {}
for c in stretches:
    queries = c * rng.standard_normal((tries, 1, d))
    keys = rng.standard_normal((tries, n, d))
    hidden = np.tanh(queries @ U_q + keys @ U_k)
    passed[c] = (1 - hidden**2).mean()  # the mean of tanh'

    scores = (queries @ keys.mT)[:, 0] / np.sqrt(d)
    p = softmax(scores)
    g = rng.standard_normal((tries, n))  # arrives from above
    through = p * (g - (p * g).sum(-1, keepdims=True))
    back = (through[:, None] @ keys)[:, 0] / np.sqrt(d)
    reached[c] = np.median(np.linalg.norm(back, axis=-1))
    print(f"query {c:2} x: slope of tanh {passed[c]:.3f},", end=" ")
    print(f"gradient at the query {reached[c]:.3f}")
