import numpy as np

from attention.scores import dot_product_scores


def softmax(scores, axis=-1):
    powers = np.exp(scores - scores.max(axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)


Q = np.array([[0.0, 0, 1], [0, 2, 0]])  # queries of "cat" and "it"
K = np.array([[0.0, 1, 0], [1, 0, 0]])  # their keys
V = np.array([[1.0, 0], [0, 1]])
S, mirrored = dot_product_scores(Q, K), dot_product_scores(K, Q)
print("scores  ", S.tolist())
print("mirrored", mirrored.tolist())

weights, other = softmax(S), softmax(mirrored)
print("weights from scores  ", weights.round(2).tolist())
print("weights from mirrored", other.round(2).tolist())
moved = abs(other @ V - weights @ V).max()
print("an output entry moves by up to", moved.round(2))

unlike = abs(other - weights.T).max()
print("mirrored weights differ by up to", unlike.round(2))
down = softmax(mirrored, axis=-2)  # over the keys again
print("down the columns, the same:", np.allclose(down.T, weights))
