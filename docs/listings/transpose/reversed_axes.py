import numpy as np

keys = np.ones((2, 5, 7))  # sentences, keys, width
print("keys.T ", keys.T.shape)
print("keys.mT", keys.mT.shape)

rng = np.random.default_rng(0)
Q, K = rng.standard_normal((2, 3, 3, 3))  # all sizes equal
wrong, right = Q @ K.T, Q @ K.mT
off = abs(wrong - right).max()
print("largest error", off.round(2))

alone = K.copy()
alone[1:] = 0  # erase the keys of all sentences but the first
leak = abs(Q @ K.T - Q @ alone.T)[0].max()
sealed = abs(Q @ K.mT - Q @ alone.mT)[0].max()
print("the first sentence's scores move by")
print("  with .T ", leak.round(2))
print("  with .mT", sealed.round(2))
assert leak > 1
assert sealed == 0
