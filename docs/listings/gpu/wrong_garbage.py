import numpy as np

rng = np.random.default_rng(0)
length, capacity, d = 5, 8, 4  # tokens written, and room
query = rng.standard_normal((1, d))
key, value = rng.standard_normal((2, capacity, d))
value[length:] = np.nan  # what memory happens to hold

seen = np.arange(capacity) < length
scores = np.where(seen, query @ key.T / d**0.5, -np.inf)
weights = np.exp(scores - scores.max())
weights /= weights.sum()
print("weights behind the last key:", weights[0, length:])
wrong = weights @ value
print("output:", wrong[0])

right = weights @ np.where(seen[:, None], value, 0)
print("with zeros there:", right[0].round(3))
assert np.isnan(wrong).all()
assert np.allclose(right, weights[:, :length] @ value[:length])
