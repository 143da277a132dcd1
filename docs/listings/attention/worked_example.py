import numpy as np

Q = np.array([[2.0, 0, 2, 0], [-2, 2, 2, 2], [2, 0, 0, 1]])
K = np.array([[1.0, 0, 1, 0], [0, 1, 0, 2], [1, 1, 0, 0]])
V = np.array([[10.0, 0, 0, 4, 5], [0, 10, 0, 8, 5], [0, 0, 10, 0, 5]])

S = Q @ K.mT
scaled = S / K.shape[-1] ** 0.5
powers = np.exp(scaled)
weights = powers / powers.sum(axis=-1, keepdims=True)
output = weights @ V

print(f"scores\n{S}")
print(f"scaled\n{scaled}")
print(f"weights\n{weights.round(3)}")
print(f"output\n{output.round(2)}")
