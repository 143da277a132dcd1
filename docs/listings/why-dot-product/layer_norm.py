import numpy as np

from attention.dot_product import norm
from attention.qkv import linear
from attention.score_functions import cosine_scores
from attention.scores import dot_product_scores

rng = np.random.default_rng(0)
n, d_model, d_k = 512, 768, 64
X = rng.standard_normal((n, d_model))
X -= X.mean(-1, keepdims=True)
X /= X.std(-1, keepdims=True)  # LayerNorm, before gain and bias
mean = abs(X.mean(-1)).max().round(9)
variance = X.var(-1).max().round(9)
print("mean", mean, "variance", variance, end="  ")
print("lengths of X", norm(X).min().round(3), norm(X).max().round(3))


def projection(decay):
    U = np.linalg.qr(rng.standard_normal((d_model, d_k)))[0]
    V = np.linalg.qr(rng.standard_normal((d_k, d_k)))[0]
    return (U * np.arange(1.0, d_k + 1) ** -decay) @ V


draws = 20
spread, differ = {}, {}  # of all draws: the least, the greatest
for decay in 0, 1:
    ratios, shares = [], []
    for _ in range(draws):
        Q, K = linear(X, projection(decay)), linear(X, projection(decay))
        ratios.append(norm(K).max() / norm(K).min())
        by_dot = dot_product_scores(Q, K).argmax(-1)
        by_cosine = cosine_scores(Q, K).argmax(-1)
        shares.append((by_dot != by_cosine).mean())
    spread[decay] = low, high = min(ratios), max(ratios)
    differ[decay] = few, many = min(shares), max(shares)
    print(f"decay {decay}: longest key / shortest {low:.1f} to {high:.1f}")
    print(f"         other top key for {few:.1%} to {many:.1%} of queries")
