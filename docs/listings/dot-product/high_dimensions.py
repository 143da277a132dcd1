import numpy as np

from attention.similarity import cosine_similarity

rng = np.random.default_rng(0)
directions = 10_000
widths = 2, 64, 768
threshold = 0.2
spread, beyond = {}, {}
for d in widths:
    anchor = rng.standard_normal(d)
    others = rng.standard_normal((directions, d))
    sample = cosine_similarity(others, anchor)
    spread[d] = sample.std()
    beyond[d] = (abs(sample) > threshold).mean()
    print(f"d {d:3}  spread {spread[d]:.3f}  1/sqrt(d) {d**-0.5:.3f}")
    print(f"       beyond {threshold} either way: {beyond[d]:.1%}")
