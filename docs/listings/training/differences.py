import numpy as np

from attention.attention import scaled_dot_product_attention
from attention.gradients import attention_gradients
from attention.qkv import project_qkv

rng = np.random.default_rng(0)
x = rng.standard_normal((2, 5, 7))  # sentences, tokens, features
weights = {
    "w_q": rng.standard_normal((7, 3)),
    "w_k": rng.standard_normal((7, 3)),
    "w_v": rng.standard_normal((7, 11)),
}
wanted = rng.standard_normal((2, 5, 11))


def loss(**weights):
    output = scaled_dot_product_attention(*project_qkv(x, **weights))
    return (output * wanted).sum()


by_hand = attention_gradients(x, **weights, grad_output=wanted)
step, gap = 1e-6, {}
for name, weight in weights.items():
    nudged = np.zeros_like(weight)
    for at in np.ndindex(weight.shape):
        shift = np.zeros_like(weight)
        shift[at] = step
        up = loss(**{**weights, name: weight + shift})
        down = loss(**{**weights, name: weight - shift})
        nudged[at] = (up - down) / (2 * step)
    gap[name] = abs(nudged - getattr(by_hand, name)).max()
    print(name, "agrees with nudging:", bool(gap[name] < 1e-7))
