import numpy as np

from attention.position import rotary

rng = np.random.default_rng(0)
q, k = rng.standard_normal((2, 1, 8))
pairs = [(3, 0), (10, 7), (1003, 1000)]


def score(i, j, q_interleaved, k_interleaved):
    a = rotary(q, np.array([i]), interleaved=q_interleaved)
    b = rotary(k, np.array([j]), interleaved=k_interleaved)
    return float((a @ b.T)[0, 0])


halves = [score(i, j, False, False) for i, j in pairs]
neighbours = [score(i, j, True, True) for i, j in pairs]
mixed = [score(i, j, True, False) for i, j in pairs]
print("halves    ", np.round(halves, 3).tolist())
print("neighbours", np.round(neighbours, 3).tolist())
print("mixed     ", np.round(mixed, 3).tolist())
assert np.ptp(mixed) > 0.1  # the same distance, different scores
