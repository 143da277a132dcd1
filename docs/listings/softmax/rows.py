import numpy as np

from attention.softmax import softmax

scores = np.array([[2.0, 1, 0], [0, 0, 3]])  # two queries, three keys
along = softmax(scores)  # the last axis: over the keys
down = softmax(scores, axis=-2)  # over the queries
print("along rows", along.round(2).tolist())
print("  row sums", along.sum(axis=-1).round(12))
print("down columns", down.round(2).tolist())
print("  row sums", down.sum(axis=-1).round(2))

alone = softmax(scores[:, :1])  # one key: a row of one score
print("one key", alone.tolist())

equal = softmax(np.zeros(1000, dtype=np.float16))
total = equal.astype(float).sum()
print("1000 equal weights in float16:", total.round(4))
