import numpy as np

from attention import attention_steps

rng = np.random.default_rng(0)
n_q, n_k, d_k, d_v = 2, 3, 5, 7  # all different, all prime
query = rng.standard_normal((n_q, d_k))
key = rng.standard_normal((n_k, d_k))
value = rng.standard_normal((n_k, d_v))

steps = attention_steps(query, key, value, is_causal=True, offset=1)
shapes = {}
for name, stage in zip(steps._fields, steps, strict=True):
    shapes[name] = stage.shape
    print(name, stage.shape)
    print(stage.round(2))
