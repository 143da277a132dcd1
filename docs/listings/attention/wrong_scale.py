import numpy as np

from attention import attention_steps

Q = np.array([[2.0, 0, 2, 0], [-2, 2, 2, 2], [2, 0, 0, 1]])
K = np.array([[1.0, 0, 1, 0], [0, 1, 0, 2], [1, 1, 0, 0]])
V = np.array([[10.0, 0, 0, 4, 5], [0, 10, 0, 8, 5], [0, 0, 10, 0, 5]])

right = attention_steps(Q, K, V)
never = attention_steps(Q, K, V, scale=1.0)
twice = attention_steps(Q / 4**0.5, K, V)  # it divides, too
cases = {"right": right, "never": never, "twice": twice}
print("scale, weights of the first query, last column")
for name, steps in cases.items():
    print(name, steps.weights[0].round(3), steps.output[:, -1])
assert not np.allclose(never.output, right.output)
assert not np.allclose(twice.output, right.output)
