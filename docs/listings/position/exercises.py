import numpy as np

from attention.position import alibi_bias, rotary, sinusoidal

steps = [90, 60]  # degrees a position, for two pairs
turns = np.radians(steps)
distances = np.arange(1, 25)
totals = np.cos(np.outer(distances, turns)).sum(axis=1).round(9)
again = int(distances[totals == 2][0])
at_four = float(totals[3])
print("1. both pairs are back at", again, "and at 4 give", at_four)

width = 512
lengths = np.linalg.norm(sinusoidal(100, width), axis=1)
print("2. lengths from", lengths.min().round(9), "to", lengths.max())

rng = np.random.default_rng(0)
k = rng.standard_normal((5, 8))
stored = rotary(k, np.arange(5))
moved = rotary(stored, np.array([1]))
fresh = rotary(k, np.arange(5) + 1)
left = abs(moved - fresh).max()
print("3. turned on by one, off by", left.round(12))

slopes = -alibi_bias(8, 1, 2, offset=0)[:, 0, 1]
halved = np.log(2) / slopes
print("4. half after", halved.round(2).tolist())
