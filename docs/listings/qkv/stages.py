import numpy as np

from attention.qkv import project_qkv
from attention.scaling import scale_scores
from attention.scores import dot_product_scores
from attention.softmax import softmax

rng = np.random.default_rng(0)
vocabulary = ["and", "cat", "mat", "the"]
d_model, d_k, d_v = 13, 7, 11
table = rng.standard_normal((len(vocabulary), d_model))  # learned
places = rng.standard_normal((17, d_model))  # one row per position
W_q, W_k = rng.standard_normal((2, d_model, d_k))
W_v = rng.standard_normal((d_model, d_v))

text = ["the", "cat", "and", "the", "mat"]
tokens = [vocabulary.index(word) for word in text]
embedded = table[tokens]  # a row of the table for each token
X = embedded + places[: len(tokens)]
query, key, value = project_qkv(X, W_q, W_k, W_v)
scores = dot_product_scores(query, key)
weights = softmax(scale_scores(scores, d_k))
output = weights @ value

print("tokens", tokens)
print("both 'the' embedded alike:", (embedded[0] == embedded[3]).all())
print("with the same query:      ", (query[0] == query[3]).all())
print("X", X.shape, "Q", query.shape, "K", key.shape)
print("V", value.shape, "scores", scores.shape)
print("weights", weights.shape, "output", output.shape)
