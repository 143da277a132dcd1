import numpy as np

X = np.array([[1, 0, 0, 0], [0, 1, 1, 0], [0, 1, 0, 1]])
W_q = np.array([[2, 0], [0, 1], [0, 0], [0, 0]])
W_k = np.array([[0, 1], [1, 0], [0, 0], [0, 0]])
M = W_q @ W_k.T
print(M)
print("same scores", ((X @ W_q) @ (X @ W_k).T == X @ M @ X.T).all())

rng = np.random.default_rng(0)
d_model, d_k = 768, 64
wide_q, wide_k = rng.standard_normal((2, d_model, d_k))
rank = np.linalg.matrix_rank(wide_q @ wide_k.T)
factors = wide_q.size + wide_k.size
whole = d_model**2
print("rank of a product", rank, "of", d_model)
print("numbers: two factors", factors, "one matrix", whole)
