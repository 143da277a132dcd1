import numpy as np

from attention import attention_steps

rng = np.random.default_rng(0)
n, d = 5, 4
K, V = rng.standard_normal((2, n, d))
newest = rng.standard_normal((1, d))  # the query of the last token

wrong = attention_steps(newest, K, V, is_causal=True)
right = attention_steps(newest, K, V, is_causal=True, offset=n - 1)
print("no offset:", wrong.weights.round(2))
print("offset 4: ", right.weights.round(2))
assert wrong.weights[0, 0] == 1  # sees the first key alone
assert np.array_equal(wrong.output[0], V[0])
