import numpy as np

np.seterr(all="ignore")  # NumPy would warn; PyTorch never does


def shifted_softmax(scores):
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


inf = np.inf
scores = np.array([[0, 0, -inf], [0, 1, -inf], [-inf, -inf, -inf]])
V = np.array([[1.0], [2.0], [3.0]])
output = shifted_softmax(scores) @ V
print("output    ", output[:, 0].round(3))

later = shifted_softmax(scores) @ output  # the next layer reads it
print("next layer", later[:, 0])
assert np.isnan(output[2]).all()
assert np.isnan(later).all()  # zero times NaN is NaN
