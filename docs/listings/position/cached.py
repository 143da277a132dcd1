import numpy as np

from attention import scaled_dot_product_attention as attend
from attention.position import rotary

rng = np.random.default_rng(0)
n, d = 6, 8
Q, K, V = rng.standard_normal((3, n, d))
positions = np.arange(n)
turned = rotary(Q, positions), rotary(K, positions)
at_once = attend(*turned, V, is_causal=True)

stored, rows = np.empty((0, d)), []
for t in range(n):
    here = np.array([t])
    new_key = rotary(K[t : t + 1], here)  # turned once, then stored
    stored = np.concatenate([stored, new_key])
    query = rotary(Q[t : t + 1], here)
    rows.append(attend(query, stored, V[: t + 1])[0])

difference = abs(np.stack(rows) - at_once).max()
print("step by step and at once differ by", difference.round(12))
assert difference < 1e-14
