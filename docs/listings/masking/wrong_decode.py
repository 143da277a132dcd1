import numpy as np

from attention import attention_steps

rng = np.random.default_rng(0)
n = 5
Q, K, V = rng.standard_normal((3, n, 7))
whole = attention_steps(Q, K, V, is_causal=True)

error = []
for t in range(n):  # one new query, all keys so far
    keys, values = K[: t + 1], V[: t + 1]
    newest = Q[t : t + 1]
    wrong = attention_steps(newest, keys, values, is_causal=True)
    right = attention_steps(newest, keys, values)
    assert np.allclose(right.output, whole.output[t])
    error.append(abs(wrong.output - whole.output[t]).max())

print("last step, wrong", wrong.weights[0].round(2))
print("last step, right", right.weights[0].round(2))
print("off by", np.round(error, 2))
assert error[0] == 0, "the first step hides the bug"
assert min(error[1:]) > 0.1, "every later one is wrong"
assert (wrong.output == V[0]).all(), "it hands over the first value"
