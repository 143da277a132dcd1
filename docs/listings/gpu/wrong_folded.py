import numpy as np
import torch

torch.manual_seed(0)
d, n = 128, 2048
query = 8 * torch.randn(64, d).bfloat16()
key, value = torch.randn(2, n, d).bfloat16()
scale = d**-0.5 / np.log(2)


def attend(q, scale):
    """Scores in float32; powers of two, rounded for the product."""
    scores = q.float() @ key.float().T * scale
    powers = torch.exp2(scores - scores.amax(-1, keepdim=True))
    mixed = powers.bfloat16().double() @ value.double()
    return mixed / powers.sum(-1, keepdim=True)


scores = query.double() @ key.double().T * d**-0.5
exact = torch.softmax(scores, -1) @ value.double()
early = attend((query * scale).bfloat16(), 1.0)  # q rounded again
late = attend(query, scale)
wrong = ((early - exact).norm() / exact.norm()).item()
right = ((late - exact).norm() / exact.norm()).item()
print(f"scaled before the product: off by {wrong:.2%}")
print(f"scaled after it:           off by {right:.2%}")
assert wrong > 2 * right
