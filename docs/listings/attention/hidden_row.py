import numpy as np

np.seterr(all="ignore")  # NumPy would warn; PyTorch never does


def naive(query, key, value, visible):
    scores = query @ key.mT / key.shape[-1] ** 0.5
    scores = np.where(visible, scores, -np.inf)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ value


rng = np.random.default_rng(0)
X = rng.standard_normal((4, 2))
visible = np.tri(4, dtype=bool)
visible[1] = False  # padding: the second row may see nothing
first = naive(X, X, X, visible)
second = naive(first, first, first, visible)
print("first layer\n", first.round(2))
print("second layer\n", second.round(2))
assert not np.isnan(first[2:]).any(), "still confined to its row"
assert np.isnan(second[2:]).all(), "zero times NaN is NaN"
