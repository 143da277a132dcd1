import numpy as np

from attention.qkv import project_qkv
from attention.softmax import softmax

d_model, n_heads, d_k = 768, 12, 64
one_head = 3 * d_model * d_k
layer = n_heads * one_head + (n_heads * d_k) * d_model
print("numbers in a head", one_head, "in a layer with W_o", layer)

rng = np.random.default_rng(0)
X = rng.standard_normal((5, 13))
W_q, W_k, W_v = rng.standard_normal((3, 13, 7)) / 13**0.5
query, key, value = project_qkv(X, W_q, W_k, W_v)
shift = rng.standard_normal(7)
plain = softmax(query @ key.T) @ value
biased = {
    "query": softmax((query + shift) @ key.T) @ value,
    "key": softmax(query @ (key + shift).T) @ value,
    "value": softmax(query @ key.T) @ (value + shift),
}
change = {name: abs(b - plain).max() for name, b in biased.items()}
for name, by in change.items():
    print("a bias of the", name, "moves the output by", by.round(2))
