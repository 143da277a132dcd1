import numpy as np

from attention.softmax import softmax

blocks = np.array([[0.0, 2], [5, 1], [3, 4]])
highest, total = -np.inf, 0.0
maxima, factors, totals = [], [], []
for block in blocks:
    new = max(highest, block.max())
    factor = np.exp(highest - new)  # one, if the maximum stays
    total = total * factor + np.exp(block - new).sum()
    highest = new
    maxima.append(highest)
    factors.append(factor)
    totals.append(total)
    print(f"maximum {highest:.0f}", end="  ")
    print(f"factor {factor:.3f}  total {total:.3f}")

scores = blocks.ravel()
at_once = np.exp(scores - scores.max()).sum()
print("all at once", at_once.round(3))
weights = np.exp(scores - highest) / total
print("equal:", np.allclose(weights, softmax(scores), rtol=1e-15))
