import numpy as np

from attention.similarity import cosine_similarity

rng = np.random.default_rng(0)
directions = 10_000
spread, beyond = {}, {}
for d in (2, 64, 768):
    anchor = rng.standard_normal(d)
    others = rng.standard_normal((directions, d))
    sample = cosine_similarity(others, anchor)
    spread[d] = sample.std()
    beyond[d] = (abs(sample) > 0.2).mean()
    print(f"d {d:3}  spread {spread[d]:.3f}  1/sqrt(d) {d**-0.5:.3f}")
    print(f"       beyond 0.2 either way: {beyond[d]:.1%}")
