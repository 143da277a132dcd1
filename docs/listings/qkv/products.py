import numpy as np

from attention.softmax import softmax

rng = np.random.default_rng(0)
n, d_model, d_k, d_v = 5, 13, 7, 11
X = rng.standard_normal((n, d_model))
W_q, W_k = rng.standard_normal((2, d_model, d_k))
W_v = rng.standard_normal((d_model, d_v))
W_o = rng.standard_normal((d_v, d_model))

Q, K, V = X @ W_q, X @ W_k, X @ W_v
four = softmax(Q @ K.T) @ V @ W_o

asks, hands_over = W_q @ W_k.T, W_v @ W_o
two = softmax(X @ asks @ X.T) @ X @ hands_over
print("X", X.shape, "output", four.shape)
print("two products do what four matrices do", np.allclose(two, four))
