import numpy as np

from attention.qkv import project_qkv
from attention.softmax import softmax

rng = np.random.default_rng(0)
free_q, free_k = rng.standard_normal((2, 3, 7))  # the parameters
W_q, W_k, W_v = rng.standard_normal((3, 13, 7)) / 13**0.5


def free(X):
    return softmax(free_q @ free_k.T)  # where would X come in?


def projected(X):
    query, key, _ = project_qkv(X, W_q, W_k, W_v)
    return softmax(query @ key.T)


one, other = rng.standard_normal((2, 3, 13))  # two sentences
free_change = abs(free(one) - free(other)).max()
change = abs(projected(one) - projected(other)).max()
print("weights change by up to")
print("  free Q and K     ", free_change.round(2))
print("  projected from X ", change.round(2))
