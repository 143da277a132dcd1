import numpy as np

from attention.scores import dot_product_scores


def softmax(scores, axis=-1):
    powers = np.exp(scores - scores.max(axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)


Q = np.array([[1.0, 0], [0, 2]])  # "cat", "it"
K = np.array([[0.0, 1], [1, 0]])
V = np.array([[1.0, 0], [0, 1]])
S = dot_product_scores(Q, K)
mirrored = dot_product_scores(K, Q)
print("scores", S.tolist(), "mirrored", mirrored.tolist())

weights = softmax(S)
other = softmax(mirrored)
print("softmax of scores  ", weights.round(2).tolist())
print("softmax of mirrored", other.round(2).tolist())
moved = abs(other @ V - weights @ V).max()
unlike = abs(other - weights.T).max()
print("output moves by", moved.round(2))

down = softmax(mirrored, axis=0).T  # over the keys again
relabelled = softmax(dot_product_scores(K, Q).T)
print("same again:", np.allclose(down, weights),
      np.allclose(relabelled, weights))
