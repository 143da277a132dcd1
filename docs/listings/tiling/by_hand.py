import numpy as np

from attention.softmax import softmax

scores = np.array([[0.0, 2], [5, 1], [3, 4]])
values = np.array([[10.0, 20], [30, 40], [50, 60]])

highest, total, mixed = -np.inf, 0.0, 0.0
factors, mixes, outputs = [], [], []
for s, v in zip(scores, values, strict=True):
    new = max(highest, s.max())
    factor = np.exp(highest - new)  # exp(-inf) is zero
    powers = np.exp(s - new)
    total = total * factor + powers.sum()
    mixed = mixed * factor + powers @ v
    highest = new
    factors.append(factor)
    mixes.append(mixed)
    outputs.append(mixed / total)
    print(f"factor {factor:.3f}  total {total:.3f}", end="  ")
    print(f"mixed {mixed:.3f}  output {mixed / total:.2f}")

at_once = softmax(scores.ravel()) @ values.ravel()
print("all at once", at_once.round(2))
assert np.isclose(at_once, outputs[-1], rtol=1e-14)
