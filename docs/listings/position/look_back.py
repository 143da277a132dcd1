import numpy as np

from attention.position import rotary

d, n = 64, 100
positions = np.arange(n)
same = np.ones((n, d)) / np.sqrt(d)  # one content everywhere
keys = rotary(same, positions)


def by_distance(q):
    scores = rotary(q, positions)[-1] @ keys.T
    return scores[::-1]  # the first is the query's own place


plain = by_distance(same)
searching = by_distance(rotary(same, np.array([-20])))
rng = np.random.default_rng(0)
random = by_distance(rng.standard_normal((n, d)) / np.sqrt(d))

places = [0, 1, 5, 20, 50]
print("distances  ", places)
print("q = k      ", np.round(plain[places], 2).tolist())
print("turned back", np.round(searching[places], 2).tolist())
print("random     ", np.round(random[places], 2).tolist())
print("highest at", int(searching.argmax()))
