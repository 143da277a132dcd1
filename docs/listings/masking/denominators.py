import numpy as np

from attention.masking import causal_mask
from attention.softmax import softmax

S = np.array([[1.0, 2, 0], [0, 1, 2], [2, 0, 1]])
visible = causal_mask(3, 3)
full = softmax(S)
causal = softmax(np.where(visible, S, -np.inf))
print("all see all\n", full.round(3))
print("causal\n", causal.round(3))

powers = np.exp(S)
total = powers.sum(axis=1)
seen = (powers * visible).sum(axis=1)
hidden = 1 - seen / total  # share of the keys that come later
growth = total / seen
print("denominators", total.round(2), seen.round(2))
print("hidden share", hidden.round(3))
print("growth      ", growth.round(3))
assert np.allclose(causal, full * visible / (1 - hidden[:, None]))
