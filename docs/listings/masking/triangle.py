import numpy as np

from attention import scaled_dot_product_attention
from attention.masking import causal_mask

n = 5
mask = causal_mask(n, n)
print(mask.astype(int))

rng = np.random.default_rng(0)
X = rng.standard_normal((n, 3))
other = X.copy()
other[3:] = rng.standard_normal((2, 3))  # another end


def two_layers(X, mask):
    for _ in range(2):
        X = scaled_dot_product_attention(X, X, X, mask)
    return X


moved = {}
for name, seen in (("all seen", None), ("causal", mask)):
    change = two_layers(other, seen) - two_layers(X, seen)
    moved[name] = abs(change).max(axis=-1)
    print(f"{name:8} outputs move by", moved[name].round(2))

head, whole = two_layers(X[:3], mask[:3, :3]), two_layers(X, mask)
print("the start alone gives the same:", np.allclose(head, whole[:3]))
flag = scaled_dot_product_attention(X, X, X, is_causal=True)
same = scaled_dot_product_attention(X, X, X, mask)
print("is_causal is this mask:", (flag == same).all())
