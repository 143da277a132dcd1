import numpy as np

from attention.softmax import softmax

scores = np.array([[2.0, 1, 0], [0, 0, 3], [1, 1, 1]])
wrong = softmax(scores, axis=0)
fewer = softmax(scores[:2], axis=0)  # without the third query
step = softmax(scores[:1], axis=0)  # decoding: one query
print("first row, three queries", wrong[0].round(2))
print("first row, two queries  ", fewer[0].round(2))
print("first row, one query    ", step[0])

powers = np.exp(scores)
whole = powers / powers.sum()  # no axis at all
sums = whole.sum(axis=-1)
print("no axis: row sums", sums.round(2))
assert not np.allclose(wrong[0], fewer[0])
assert not np.allclose(wrong.sum(axis=-1), 1)
assert not np.allclose(sums, 1)
