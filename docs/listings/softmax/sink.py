import numpy as np

from attention import scaled_dot_product_attention
from attention.softmax import softmax

sink = 0.0  # learned in training, one number per head
plain, left = [], []
for scores in ([2.0, 1, 0], [-4.0, -5, -6]):
    weights = softmax(np.array(scores))
    with_sink = softmax(np.array([*scores, sink]))[:-1]
    plain.append(weights.sum())
    left.append(with_sink.sum())
    print("plain ", weights.round(3), "sum", plain[-1].round(3))
    print("sink  ", with_sink.round(3), "sum", left[-1].round(3))

query, key = np.ones((1, 1, 1)), np.array([[[2.0], [1], [0]]])  # one head
options = {"scale": 1, "sinks": np.array([sink])}
output = scaled_dot_product_attention(query, key, np.eye(3)[None], **options)
print("sinks=", output[0, 0].round(3))
