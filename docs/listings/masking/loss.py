import numpy as np

from attention import scaled_dot_product_attention
from attention.softmax import softmax

rng = np.random.default_rng(0)
words = ["the", "cat", "sat", "on", "the", "mat"]
vocabulary = sorted(set(words))
text = np.array([vocabulary.index(word) for word in words])
inputs, targets = text[:-1], text[1:]  # shifted by one

size, d = len(vocabulary), 8
vectors = rng.standard_normal((size, d))  # nothing is trained
W_q, W_k, W_v = rng.standard_normal((3, d, d)) / np.sqrt(d)

X = vectors[inputs]  # (n, d)
Q, K, V = X @ W_q, X @ W_k, X @ W_v
added = scaled_dot_product_attention(Q, K, V, is_causal=True)
p = softmax((X + added) @ vectors.T)  # (n, size)

rows = np.arange(len(inputs))
losses = -np.log(p[rows, targets])
for i in rows:
    print(" ".join(words[: i + 1]), "->", words[i + 1], end=" ")
    print(f"p {p[i, targets[i]]:.4f} loss {losses[i]:.2f}")
loss, guess = losses.mean(), np.log(size)
unshifted = -np.log(p[rows, inputs]).mean()
print(f"mean {loss:.2f}, blind guess {guess:.2f}")
print(f"mean without the shift {unshifted:.3f}")
