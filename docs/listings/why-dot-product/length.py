import numpy as np

from attention.score_functions import cosine_scores
from attention.scores import dot_product_scores
from attention.softmax import softmax

q = np.array([[1.0, 0.0]])
keys = np.array([[1.0, 0.5], [0.0, 1.0]])
stretches = 1, 3, 10
weights, by_cosine = {}, {}
for c in stretches:
    weights[c] = softmax(dot_product_scores(c * q, keys))[0]
    by_cosine[c] = softmax(cosine_scores(c * q, keys))[0]
    first, second = weights[c]
    print(f"query {c:2} x: {first:.5f} {second:.5f}", end="   ")
    print("by cosine:", by_cosine[c].round(3))

alone = softmax(dot_product_scores(10 * q, keys[:1]))[0]
print("a single key:", alone)
