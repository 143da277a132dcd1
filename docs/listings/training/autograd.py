# PyTorch is an extra of the package: pip install '.[torch]'
import torch

from attention.attention import scaled_dot_product_attention
from attention.gradients import attention_gradients
from attention.qkv import project_qkv

draw = torch.Generator().manual_seed(0)


def random(*shape):
    return torch.randn(shape, generator=draw, dtype=torch.float64)


x, wanted = random(2, 5, 7), random(2, 5, 11)
weights = random(7, 3), random(7, 3), random(7, 11)
gap = {}
for name, options in {
    "plain": {},
    "causal": {"is_causal": True},
    "mask": {"attn_mask": random(5, 5) > -0.5},
}.items():
    leaves = [each.clone().requires_grad_() for each in (*weights, x)]
    qkv = project_qkv(leaves[3], *leaves[:3])
    output = scaled_dot_product_attention(*qkv, **options)
    (output * wanted).sum().backward()
    by_hand = attention_gradients(x, *weights, wanted, **options)
    pairs = zip(leaves, by_hand, strict=True)
    gap[name] = max((a.grad - b).abs().max() for a, b in pairs).item()
    print(f"{name:6} same to rounding:", gap[name] < 1e-12)
