import numpy as np

from attention.qkv import project_qkv
from attention.softmax import softmax

rng = np.random.default_rng(0)
W_q, W_k, W_v = rng.standard_normal((3, 13, 7)) / 13**0.5
dog, bites, man = rng.standard_normal((3, 13))
places = rng.standard_normal((3, 13))


def attend(X):
    query, key, value = project_qkv(X, W_q, W_k, W_v)
    return softmax(query @ key.T / 7**0.5) @ value


one = np.stack([dog, bites, man])
other = np.stack([man, bites, dog])
P = np.array([[0, 0, 1], [0, 1, 0], [1, 0, 0]])
print("the other sentence is P times it", (other == P @ one).all())
same = np.allclose(attend(other), P @ attend(one))
print("its output is P times the first ", same)

blind = abs(attend(other)[1] - attend(one)[1]).max()
placed = attend(other + places) - attend(one + places)
seen = abs(placed[1]).max()
print("what 'bites' gets moves by up to")
print("  without positions", blind.round(12))
print("  with positions   ", seen.round(2))
