import numpy as np

from attention.multi_head import split_heads
from attention.qkv import linear

rng = np.random.default_rng(0)
n, d_model, n_heads, d_k = 5, 768, 12, 64
X = rng.standard_normal((n, d_model))
per_head = rng.standard_normal((n_heads, d_model, d_k))
head_by_head = np.stack([linear(X, W) for W in per_head])

W_q = np.concatenate(list(per_head), axis=1)  # side by side
Q = linear(X, W_q)
split = split_heads(Q, n_heads)
query = split[0, 0]  # of the first head, for the first token
print("one matrix", W_q.shape, "makes", Q.shape)
print("split", split.shape, "one query", query.shape)
print("as head by head:", np.allclose(split, head_by_head))
