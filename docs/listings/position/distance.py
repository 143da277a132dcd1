import numpy as np

from attention.position import rotary

rng = np.random.default_rng(0)
d = 8
q, k = rng.standard_normal((2, 1, d))


def at(x, position):
    return rotary(x, np.array([position]))[0]


places = [(3, 0), (10, 7), (100_003, 100_000), (0, 3)]
scores = [float(at(q, i) @ at(k, j)) for i, j in places]
for place, score in zip(places, scores, strict=True):
    print("query and key at", place, round(score, 6))

by_matrices = 0.0
for c in range(d // 2):  # every pair by itself
    pair = [c, c + d // 2]
    a = 3 * 10_000 ** (-2 * c / d)
    turn = np.array([[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]])
    by_matrices += float(q[0, pair] @ turn @ k[0, pair])
print("by matrices, at a distance of 3", round(by_matrices, 6))

before, after = np.linalg.norm(q), np.linalg.norm(at(q, 1003))
print("length", before.round(6), "turned", after.round(6))
