import numpy as np

from attention import attention_steps
from attention.position import rotary

rng = np.random.default_rng(0)
n, d, t = 8, 64, 7  # seven keys in the cache, one token more
X = rng.standard_normal((n, d))
W_q, W_k, W_v = rng.standard_normal((3, d, d)) / np.sqrt(d)
Q, K, V = X @ W_q, X @ W_k, X @ W_v
old = np.arange(t)


def step(new, shift=0):
    here = np.array([new + shift])
    stored = rotary(K[:t], old + shift)
    keys = np.concatenate([stored, rotary(K[t:], here)])
    return attention_steps(rotary(Q[t:], here), keys, V).weights[0]


right = step(7)
errors = {
    "counted from 0 again": abs(step(0) - right).max(),
    "one too far": abs(step(8) - right).max(),
    "all shifted by 100": abs(step(7, shift=100) - right).max(),
}
for name, error in errors.items():
    print(f"{name:20s} weights off by {error:.4f}")
assert errors["counted from 0 again"] > 0.1
