# PyTorch is an extra of the package: pip install '.[torch]'
import torch

torch.manual_seed(0)
d_model, d_k, n = 768, 64, 2000
x = torch.randn(n, d_model)  # tokens of mean zero and variance one


def variances(fill):
    """Of an entry of q, and of the scores of all pairs."""
    q, k = [], []
    for found in (q, k):
        layer = torch.nn.Linear(d_model, d_k, bias=False)
        fill(layer.weight)
        found.append(layer(x).detach())
    return q[0].var().item(), (q[0] @ k[0].T).var().item()


def keep(weight):  # as torch.nn.Linear comes
    return weight


def spread_one(weight):  # so that entries of q have the variance one
    return torch.nn.init.normal_(weight, std=d_model**-0.5)


entry, score = variances(keep)
entry_one, score_one = variances(spread_one)
print(f"as PyTorch draws: q {entry:.1f}  score {score:.0f}")
print(f"with variance one: q {entry_one:.1f}  score {score_one:.0f}")
