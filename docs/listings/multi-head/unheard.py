import numpy as np

from attention import scaled_dot_product_attention
from attention.multi_head import join_heads, split_heads

rng = np.random.default_rng(0)
n, n_heads, width = 6, 2, 14
X = rng.standard_normal((n, width))
changed = X.copy()
changed[-1] += 1  # another last token


def with_view(x):
    cut = x.reshape(n_heads, n, width // n_heads)
    return scaled_dot_product_attention(cut, cut, cut).reshape(x.shape)


def with_swap(x):
    cut = split_heads(x, n_heads)
    return join_heads(scaled_dot_product_attention(cut, cut, cut))


hears = {}
for name, function in {"view": with_view, "swap": with_swap}.items():
    moved = np.abs(function(changed) - function(X)).max(axis=1) > 0
    hears[name] = moved.tolist()
    print(name, "tokens that hear the last one:", hears[name])
