import numpy as np

from attention.multi_head import split_heads

n, n_heads, d_k = 3, 2, 2
# Digits say: token, head, feature.
tokens, heads = np.array([[100.0], [200], [300]]), [11, 12, 21, 22]
Q = tokens + heads
right = split_heads(Q, n_heads)
wrong = Q.reshape(n_heads, n, d_k)  # the shape that is wanted
print(Q.astype(int))
print("same shape:", right.shape == wrong.shape)
print("first head, right", right[0].astype(int).tolist())
print("first head, wrong", wrong[0].astype(int).tolist())
