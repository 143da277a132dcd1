import numpy as np

from attention.softmax import softmax

K = np.array([[1.0, 0], [0, 0], [0, 1]])  # subject, verb, object
queries = np.array([[4, 4], [5, 3], [6, 2]])
weights = softmax(queries @ K.T / np.sqrt(2))
print("query      who  whom apart  quieter")
shares = {}
for q, (who, _, whom) in zip(queries, weights, strict=True):
    shares[q[0]] = who, whom, abs(who - whom), min(who, whom)
    print(q, "   ", *(f"{x:.3f}" for x in shares[q[0]]))

# Two heads: each takes one number of the first query.
first = softmax(queries[:1, :1] @ K[:, :1].T)[0]
second = softmax(queries[:1, 1:] @ K[:, 1:].T)[0]
who, whom = first[0], second[2]
both = who, whom, who - first[2], min(who, whom)
print("two heads", *(f"{x:.3f}" for x in both))
