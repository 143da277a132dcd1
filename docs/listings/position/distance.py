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

speeds = 10_000 ** (-2 * np.arange(d // 2) / d)  # one per pair
z_q, z_k = (x[0, : d // 2] + 1j * x[0, d // 2 :] for x in (q, k))
turned = z_q * z_k.conj() * np.exp(1j * speeds * 3)
by_complex = float(turned.real.sum())
print("by complex numbers, 3 apart", round(by_complex, 6))

before, after = np.linalg.norm(q), np.linalg.norm(at(q, 1003))
print("length", before.round(6), "turned", after.round(6))
