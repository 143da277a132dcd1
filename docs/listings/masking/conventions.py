# PyTorch is an extra of the package: pip install '.[torch]'
import torch
from torch.nn.functional import scaled_dot_product_attention

x = 2 * torch.eye(3)[None]  # three tokens
ones = torch.tensor([[1, 1, 0]])  # a tokenizer: the third is padding
real = ones.bool()

layer = torch.nn.MultiheadAttention(3, 1, bias=False, batch_first=True)
unit = torch.eye(3)  # no projections, to see the mask alone
parts = {"in_proj_weight": unit.repeat(3, 1), "out_proj.weight": unit}
layer.load_state_dict(parts)


def by_function(mask):
    weights = scaled_dot_product_attention(x, x, unit[None], mask)
    return round(weights[0, 0, 2].item(), 3)


def by_layer(mask):
    weights = layer(x, x, x, key_padding_mask=mask)[1]
    return round(weights[0, 0, 2].item(), 3)


bare = by_function(None)
print("first token gives the padding, without a mask", bare)
right = by_function(real), by_layer(~real)
print("  function(real), layer(~real)", *right)
swapped = by_function(~real), by_layer(real)
print("  function(~real), layer(real)", *swapped)
added = by_function(real.float()), by_layer((~real).float())
print("  the same as floats          ", *added)
print("~ on integers:", (~ones).tolist(), (~ones).bool().tolist())
