import numpy as np

from attention import attention_steps
from attention.masking import causal_mask

n_q, n_k = 2, 5  # two new tokens, five keys with their own
past = n_k - n_q
first = causal_mask(n_q, n_k)
last = causal_mask(n_q, n_k, offset=past)
print("aligned to the first key\n", first.astype(int))
print("aligned to the last key\n", last.astype(int))

rng = np.random.default_rng(0)
Q, K, V = rng.standard_normal((3, n_k, 7))
whole = attention_steps(Q, K, V, is_causal=True)
chunk = attention_steps(Q[past:], K, V, is_causal=True, offset=past)
gap = abs(chunk.output - whole.output[past:]).max()
print("same rows as in the whole table:", gap < 1e-12)
for row in chunk.weights:
    print(row.round(2))
