import torch

from attention.tiling import tiled_attention

torch.manual_seed(0)
sizes = {"dtype": torch.float64, "requires_grad": True}
query = torch.randn(3, 7, **sizes)
key = torch.randn(5, 7, **sizes)
value = torch.randn(5, 7, **sizes)
output, lse = tiled_attention(query, key, value, return_lse=True)
grad = torch.randn(3, 7, dtype=torch.float64)
expected = torch.autograd.grad(output, (query, key, value), grad)

with torch.no_grad():  # from what was kept: inputs, output and lse
    scores = query @ key.mT * 7**-0.5
    weights = torch.exp(scores - lse[:, None])
    delta = (grad * output).sum(-1, keepdim=True)
    grad_scores = weights * (grad @ value.mT - delta)
    found = (
        grad_scores @ key * 7**-0.5,
        grad_scores.mT @ query * 7**-0.5,
        weights.mT @ grad,
    )
for name, ours, right in zip("QKV", found, expected, strict=True):
    print(f"gradient of {name}:", torch.allclose(ours, right))
