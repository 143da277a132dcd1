import numpy as np

from attention.softmax import softmax

K = np.array([[1.0, 0], [0, 0], [0, 1]])  # subject, verb, object
queries = np.array([[4, 4], [6, 2], [8, 0]])
weights = softmax(queries @ K.T / np.sqrt(2))
print("query      who  whom   sum")
shares = {}
for q, (who, _, whom) in zip(queries, weights, strict=True):
    shares[q[0]] = who, whom, who + whom
    print(q, "   ", *(f"{x:.3f}" for x in shares[q[0]]))

# Two heads: each takes one number of the first query.
who = softmax(queries[:1, :1] @ K[:, :1].T)[0, 0]
whom = softmax(queries[:1, 1:] @ K[:, 1:].T)[0, 2]
both = who, whom, who + whom
print("two heads", *(f"{x:.3f}" for x in both))
