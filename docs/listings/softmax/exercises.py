import numpy as np

from attention.softmax import softmax

scores = np.array([2.0, 1.0, 0.0])
by_two = 2**scores / (2**scores).sum()
T = 1 / np.log(2)
same = softmax(scores / T)
print("first ", by_two.round(3), T.round(3), same.round(3))

wanted = np.array([0.5, 0.25, 0.25])
found = np.log(wanted)
raised = found - found.min()
print("second", found.round(3), raised.round(3), softmax(raised))

near, far = np.array([0.0, 2]), np.array([5.0, 1, 3, 4])
a, b = near.max(), far.max()
x, y = np.exp(near - a).sum(), np.exp(far - b).sum()
m = max(a, b)
merged = x * np.exp(a - m) + y * np.exp(b - m)
print(f"third  maxima {a:.0f} {b:.0f}, totals {x:.3f} {y:.3f}")
print(f"       together {m:.0f}, {merged:.3f}")

with np.errstate(invalid="ignore"):
    factor = np.exp(-np.inf - -np.inf)
print("fourth", factor)
