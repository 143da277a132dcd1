import numpy as np

from attention import attention_steps

rng = np.random.default_rng(0)
query = 3 * rng.standard_normal((1009, 7))
key, value = 3 * rng.standard_normal((2, 13, 7))
steps = attention_steps(query, key, value)
weights, output = steps.weights, steps.output

slack = 1e-12  # rounding
inside = (output >= value.min(axis=0) - slack).all()
inside &= (output <= value.max(axis=0) + slack).all()
print("all weights positive:", (weights > 0).all())
print("all outputs between lowest and highest value:", inside)

share = np.array([0.8, 0.2])  # weights of two keys
pair = np.array([[1.0, 0.0], [0.0, 12.0]])  # their values
parts = share[:, None] * pair
sizes = np.linalg.norm(parts, axis=1)
print("weights", share, "sizes of what they add", sizes)
