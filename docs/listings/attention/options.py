import numpy as np

from attention import attention_steps

K = np.array([[1.0, 0, 1, 0], [0, 1, 0, 2], [1, 1, 0, 0]])
V = np.array([[10.0, 0, 0, 4, 5], [0, 10, 0, 8, 5], [0, 0, 10, 0, 5]])
Q = np.array([[2.0, 0, 2, 0], [-2, 2, 2, 2], [2, 0, 0, 1]])


def show(title, steps):
    print(title)
    print(steps.weights.round(2))


mask = np.array([[True, True, False]] * 3)  # nobody sees the third key
mask[1] = False  # and the second query sees no key at all
hidden = attention_steps(Q, K, V, mask)
show("attn_mask", hidden)
print("output of the second query", hidden.output[1])

causal = attention_steps(Q, K, V, is_causal=True)
show("is_causal", causal)
newest = attention_steps(Q[2:], K, V, is_causal=True, offset=2)
show("newest query alone, offset=2", newest)
forgot = attention_steps(Q[2:], K, V, is_causal=True)
show("the same, offset forgotten", forgot)
