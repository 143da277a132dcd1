# PyTorch is an extra of the package: pip install '.[torch]'
import torch

from attention import attention_steps
from attention.nn import MultiHeadAttention

torch.manual_seed(0)
theirs = torch.nn.MultiheadAttention(12, 3, batch_first=True)
theirs, ours = theirs.double(), MultiHeadAttention(12, 3).double()
ours.load_state_dict(theirs.state_dict())

x = torch.randn(2, 5, 12, dtype=torch.float64)
padded = torch.tensor([[0, 0, 0, 0, 0], [0, 0, 0, 1, 1]]).bool()
visible = ~padded[:, None, None, :]  # batch, heads, queries, keys
out, mean = theirs(x, x, x, key_padding_mask=padded)
mine = ours(x, attn_mask=visible)
print("output: ", torch.allclose(mine, out, rtol=0, atol=1e-12))

mine.square().sum().backward()
out.square().sum().backward()
grads = [ours.get_parameter(f"{c}_proj.weight").grad for c in "qkv"]
close = torch.allclose(torch.cat(grads), theirs.in_proj_weight.grad)
print("gradient:", close)

weights = attention_steps(*ours.project(x), visible).weights
print("weights:", list(weights.shape), "returned:", list(mean.shape))
print("theirs is the mean:", torch.allclose(weights.mean(1), mean))
size = sum(p.numel() for p in MultiHeadAttention(768, 12).parameters())
print("parameters of a wide one:", f"{size:,}")
