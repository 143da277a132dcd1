import numpy as np

np.seterr(all="ignore")  # dividing by zero is the point
candidates = {
    "share ": lambda s: s,
    "relu  ": lambda s: np.maximum(s, 0),
    "square": lambda s: s**2,
    "exp   ": np.exp,
}
rows = np.array([[1.0, 0, -1], [2, 1, 0], [-1, -2, -3]])
for name, positive in candidates.items():
    powers = positive(rows)
    weights = powers / powers.sum(axis=1, keepdims=True)
    print(name, *(row.tolist() for row in weights.round(2)))
