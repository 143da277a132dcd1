import numpy as np

from attention.softmax import effective_number, softmax

rng = np.random.default_rng(0)
sizes = 16, 128, 1024
share, smallest = {}, {}
for n in sizes:
    scores = rng.standard_normal((10_000, n))
    weights = softmax(scores)
    share[n] = np.median(effective_number(weights)) / n
    smallest[n] = weights.min()
    print(f"{n:4} keys: effective share {share[n]:.3f}", end=", ")
    print(f"smallest weight {smallest[n]:.0e}")

by_spread = {}
for spread in (1 / 3, 1, 3):
    numbers = effective_number(softmax(spread * scores[:1000]))
    by_spread[spread] = np.median(numbers) / n
    print(f"{n} keys, spread {spread:.2f}: {by_spread[spread]:.3f}")

scores = np.array([-50.0, -30, -10, 0, 10, 30, 50])
steep = softmax(scores)
rest = 1 - steep.max()
print(f"largest weight: 1 - {rest:.1e}, smallest {steep.min():.0e}")
single = softmax(scores.astype(np.float32)).max()
print("in float32 the largest is 1:", single == 1)
apart = np.array([0, -104], dtype=np.float32)
lost = softmax(apart)[1]
print("104 below the highest:", lost)
