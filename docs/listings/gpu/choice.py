from textwrap import fill

import torch

from attention import scaled_dot_product_attention as plain
from attention.gpu import dispatch

torch.manual_seed(0)
query = torch.randn(1, 8, 5, 64)
key, value = torch.randn(2, 1, 2, 9, 64)
options = {"enable_gqa": True, "is_causal": True, "offset": 4}

for extra in ({}, {"softcap": 50.0}):
    choice = dispatch.explain(query, key, value, **options, **extra)
    print(choice.path)
    print(fill(choice.why, 64))

right = plain(query, key, value, **options)
attend = dispatch.scaled_dot_product_attention
for path in ("torch", "plain"):
    output = attend(query, key, value, path=path, **options)
    print(path, "agrees", torch.allclose(output, right, atol=1e-6))
try:
    attend(query, key, value, path="flash_attention", **options)
except ValueError as error:
    print(error)
