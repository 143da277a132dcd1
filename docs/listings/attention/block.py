import numpy as np

rng = np.random.default_rng(0)
n, d_model, d_k, d_ff = 5, 64, 16, 256
X = rng.standard_normal((n, d_model))  # one token per row


def matrix(d_in, d_out):  # drawn at random; training would change it
    return rng.standard_normal((d_in, d_out)) / d_in**0.5


W_q, W_k, W_v = (matrix(d_model, d_k) for _ in range(3))
W_o = matrix(d_k, d_model)
W_up, W_down = matrix(d_model, d_ff), matrix(d_ff, d_model)


def norm(x):  # RMSNorm: every row gets the length sqrt(d_model)
    return x / (x**2).mean(axis=-1, keepdims=True) ** 0.5


def attention(x):
    Q, K, V = x @ W_q, x @ W_k, x @ W_v
    scaled = Q @ K.mT / d_k**0.5
    powers = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ V @ W_o


def feed_forward(x):  # two matrices; negative entries become zero
    return np.maximum(x @ W_up, 0) @ W_down


heard = X + attention(norm(X))  # the first addition
after = heard + feed_forward(norm(heard))  # the second

vectors = [X[-1], (heard - X)[-1], (after - heard)[-1], after[-1]]
how_far = np.linalg.norm(vectors, axis=-1)  # the last token
entered, by_attention, by_feed_forward, left = how_far
print("the last token enters with a length of", entered.round(1))
print("attention moves it by   ", by_attention.round(1))
print("feed-forward moves it by", by_feed_forward.round(1))
print("it leaves with a length of", left.round(1))

for part in (attention, feed_forward):
    alone = part(norm(X[-1:]))  # the last token and no other
    same = np.allclose(alone, part(norm(X))[-1:])
    print(part.__name__, "gives the same to the token alone:", same)
