import numpy as np

a = np.array([1, 2, 3])
b = np.array([4, 5, 6])
products = a * b
print("products", products, "sum", products.sum())

p = np.array([3, 4])
r = np.array([4, 3])
algebraic = (p * r).sum()

# The direction of each arrow, against the horizontal axis.
turn = np.arctan2(p[1], p[0]) - np.arctan2(r[1], r[0])
lengths = np.hypot(p[0], p[1]), np.hypot(r[0], r[1])
geometric = lengths[0] * lengths[1] * np.cos(turn)
print("algebraic", algebraic, "geometric", geometric.round(9))
