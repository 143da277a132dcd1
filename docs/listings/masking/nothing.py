import numpy as np

from attention import attention_steps
from attention.masking import causal_mask, padding_mask

n, lengths = 4, np.array([2, 4])
behind = padding_mask(lengths, n)
front = behind[..., ::-1]  # the first text has two of padding
seen = causal_mask(n, n) & front
print("shapes", front.shape, seen.shape)
print(seen[0].astype(int))

X = np.random.default_rng(0).standard_normal((2, n, 3))
steps = attention_steps(X, X, X, seen)
sums = steps.weights[0].sum(axis=-1)
print("rows add up to", sums.round(3))
print("outputs\n", steps.output[0].round(2))
