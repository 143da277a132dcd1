import numpy as np

q = np.array([1.0, 1.0])  # what "it" asks
K = np.array([[1.0, 0.0], [0.0, 1.0]])  # keys of "cat" and "mat"
v = np.array([1.0, 0.0])  # their values, one number each


def weights(q, K):
    powers = np.exp(K @ q)  # no divisor, for simple numbers
    return powers / powers.sum()


p = weights(q, K)
output = p @ v
grad_output = -1.0  # the loss falls as the output grows

grad_v = p * grad_output
grad_p = v * grad_output
mean = p @ grad_p
grad_s = p * (grad_p - mean)
grad_q = grad_s @ K
grad_keys = np.outer(grad_s, q)
print("scores", grad_s, " q", grad_q, " v", grad_v)
print("keys", grad_keys.tolist())

rate = 1.0
only_q = weights(q - rate * grad_q, K)
both = weights(q - rate * grad_q, K - rate * grad_keys)
print("weights", p, "→", only_q.round(3), "→", both.round(3))
