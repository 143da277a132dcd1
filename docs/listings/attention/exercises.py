import numpy as np

from attention import attention_steps

Q = np.array([[2.0, 0, 2, 0], [-2, 2, 2, 2], [2, 0, 0, 1]])
K = np.array([[1.0, 0, 1, 0], [0, 1, 0, 2], [1, 1, 0, 0]])
V = np.array([[10.0, 0, 0, 4, 5], [0, 10, 0, 8, 5], [0, 0, 10, 0, 5]])

once = attention_steps(Q, K, V)
again = attention_steps(Q, K[[0, 1, 2, 0]], V[[0, 1, 2, 0]])
each, both = again.weights[0, 0], again.weights[0, [0, 3]].sum()
print("the first key twice:", again.weights[0].round(3))

unit = attention_steps(Q, K, np.eye(3))
print("identity as values:", np.allclose(unit.output, once.weights))

tokens, width = 8_000, 64
step_flops = 4 * tokens * width  # one query
step_bytes = 2 * 2 * tokens * width  # K and V once, two bytes per number
print("one step:", step_flops, "FLOPs,", step_bytes, "bytes")

left = Q @ K.mT @ V
right = Q @ (K.mT @ V)
saving = (4 * tokens**2 * width) / (4 * tokens * width**2)
print("without softmax:", np.array_equal(left, right), saving)
