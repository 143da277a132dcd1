import numpy as np

from attention.gradients import attention_gradients

rng = np.random.default_rng(0)
x, g = rng.standard_normal((5, 7)), rng.standard_normal((5, 11))
w_q, w_k = rng.standard_normal((2, 7, 3))
w_v = rng.standard_normal((7, 11))

# A bias of the keys is a row that all tokens share: x with a last
# feature that is always one, and w_k with a last row for it.
ones = np.concatenate([x, np.ones((5, 1))], axis=1)
rows = [np.pad(w, ((0, 1), (0, 0))) for w in (w_q, w_k, w_v)]
bias = attention_gradients(ones, *rows, g).w_k[-1]
left = bool(abs(bias).max() < 1e-12)
print("gradient of the keys' bias is zero:", left)

words, nouns = 44, 2
uniform, two = np.log(words), np.log(nouns)
print(f"loss of {words} alike {uniform:.2f},", end=" ")
print(f"of {nouns} alike {two:.2f}")

zero = np.zeros_like(w_q)
both = attention_gradients(x, zero, zero, w_v, g)
one = attention_gradients(x, zero, w_k, w_v, g)
for name, found in (("both", both), ("only w_q", one)):
    q, k = (bool(each.any()) for each in (found.w_q, found.w_k))
    print(f"{name} zero: w_q learns {q}, w_k learns {k}")
