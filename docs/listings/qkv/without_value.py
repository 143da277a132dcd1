import numpy as np

from attention.qkv import project_qkv
from attention.softmax import softmax

eat, apple, banana = [1.0, 0, 0, 0], [0, 1.0, 1, 0], [0, 1.0, 0, 1]
W_q = np.array([[2.0, 0], [0, 1], [0, 0], [0, 0]])
W_k = np.array([[0.0, 1], [1, 0], [0, 0], [0, 0]])
W_v = np.array([[0.0, 0], [0, 0], [1, 0], [0, 1]])

with_key, with_x, with_value = {}, {}, {}
for name, fruit in {"apple": apple, "banana": banana}.items():
    X = np.array([eat, fruit])
    query, key, value = project_qkv(X, W_q, W_k, W_v)
    weights = softmax(query @ key.T / 2**0.5)
    with_key[name] = (weights @ key)[0]
    with_x[name] = (weights @ X)[0]
    with_value[name] = (weights @ value)[0]
    print("eat", name, "weights of eat", weights[0].round(2).tolist())
    print("  mixing keys  ", with_key[name].round(2).tolist())
    print("  mixing X     ", with_x[name].round(2).tolist())
    print("  mixing values", with_value[name].round(2).tolist())
