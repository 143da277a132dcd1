import numpy as np

from attention.position import sinusoidal

rng = np.random.default_rng(0)
n, d = 50, 64
U = sinusoidal(n, d)
near = [float(U[i] @ U[i + 3]) for i in (0, 10, 40)]
print("u_i . u_(i+3)", np.round(near, 3).tolist())

W_q, W_k = rng.standard_normal((2, d, d)) / np.sqrt(d)
M = W_q @ W_k.T
learned = [float(U[i] @ M @ U[i + 3]) for i in (0, 10, 40)]
print("through W_q, W_k", np.round(learned, 3).tolist())

x, y = rng.standard_normal((2, d))
parts = [x @ M @ y, x @ M @ U[3], U[5] @ M @ y, U[5] @ M @ U[3]]
whole = (x + U[5]) @ M @ (y + U[3])
print("four parts", np.round(parts, 2).tolist())
print("sum", round(sum(parts), 2), "score", round(whole, 2))
