import numpy as np

scores = np.array([0, 1, 2])  # the second token asks all three
visible = np.array([True, True, False])  # and may not see the third

powers = np.exp(scores)
total = powers.sum()
full = powers / total
print("all see all ", full.round(3))

masked = np.where(visible, scores, -np.inf)
left = np.exp(masked)  # the power of -inf is exactly zero
total_left = left.sum()
causal = left / total_left
print("third hidden", causal.round(3))
