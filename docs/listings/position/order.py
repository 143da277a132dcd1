import numpy as np

from attention import scaled_dot_product_attention as attend
from attention.position import rotary

rng = np.random.default_rng(0)
words = ["the", "dog", "chased", "the", "cat"]
number = {word: i for i, word in enumerate(dict.fromkeys(words))}
X = rng.standard_normal((len(number), 8))[[number[w] for w in words]]
positions = np.arange(len(words))

nowhere = attend(X, X, X)
turned = rotary(X, positions)
somewhere = attend(turned, turned, X)

first, second = (i for i, word in enumerate(words) if word == "the")
without = abs(nowhere[first] - nowhere[second]).max()
with_rotary = abs(somewhere[first] - somewhere[second]).max()
print(f"two outputs of 'the' differ by {without:.3f}")
print(f"with positions by {with_rotary:.3f}")
