from itertools import product

import numpy as np

from attention.scaling import scale_scores

d_k = 4
# An entry of q times an entry of k: plus or minus one, equally likely.
cases = np.array(list(product([-1.0, 1.0], repeat=d_k)))
scores = cases.sum(axis=1)
values, counts = np.unique(scores, return_counts=True)
print("score", values.astype(int).tolist())
print("cases", counts.tolist(), "of", len(cases))
print("mean", scores.mean(), "variance", scores.var())

scaled = scale_scores(scores[np.newaxis], d_k)
print("divided", np.unique(scaled).tolist())
scaled_variance = scaled.var()
print("mean", scaled.mean(), "variance", scaled_variance)
