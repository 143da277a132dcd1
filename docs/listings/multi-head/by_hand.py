import numpy as np

verb, subject, object_, cat, mouse = np.eye(5)  # five features
X = np.array([subject + cat, verb, object_ + mouse])
swapped = np.array([subject + mouse, verb, object_ + cat])
W_q = np.outer(4 * verb, [1, 1])  # a verb asks
W_k = np.stack([subject, object_], axis=1)
W_v = np.stack([cat, mouse, cat, mouse], axis=1)


def verb_receives(X, n_heads):
    parts = (np.split(X @ W, n_heads, axis=1) for W in (W_q, W_k, W_v))
    rows, found = [], []
    for Q, K, V in zip(*parts, strict=True):  # each head by itself
        powers = np.exp(Q[1] @ K.T / np.sqrt(K.shape[1]))
        rows.append(powers / powers.sum())
        found.append(rows[-1] @ V)
    return np.array(rows), np.concatenate(found)


one, from_one = verb_receives(X, n_heads=1)
two, from_two = verb_receives(X, n_heads=2)
_, swapped_one = verb_receives(swapped, n_heads=1)
_, swapped_two = verb_receives(swapped, n_heads=2)
print("weights of one head ", one.round(3).tolist())
print("weights of two heads", two.round(3).tolist())
print("cat chases mouse:", from_one.round(3), from_two.round(3))
print("mouse chases cat:", swapped_one.round(3), swapped_two.round(3))
