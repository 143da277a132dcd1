# PyTorch is an extra of the package: pip install '.[torch]'
import numpy as np
import torch
from torch.nn.functional import scaled_dot_product_attention as theirs

from attention import scaled_dot_product_attention as ours

rng = np.random.default_rng(0)
Q = rng.standard_normal((2, 6, 5, 8))  # sentences, heads, tokens, width
K = rng.standard_normal((2, 3, 5, 8))  # each head serves two of Q's
V = rng.standard_normal((2, 3, 5, 11))
mask = rng.random((5, 5)) < 0.7
mask[:, 0] = True

error = {}
for name, options in {
    "plain": {},
    "attn_mask": {"attn_mask": mask},
    "is_causal": {"is_causal": True},
    "scale": {"scale": 0.5},
}.items():
    options = {"enable_gqa": True, **options}
    array = ours(Q, K, V, **options)
    if "attn_mask" in options:
        options["attn_mask"] = torch.asarray(mask)
    tensors = [torch.asarray(x) for x in (Q, K, V)]
    tensor = theirs(*tensors, **options)
    error[name] = np.abs(array - tensor.numpy()).max()
    print(f"{name:9} same to rounding:", error[name] < 1e-12)

same = ours(*tensors, enable_gqa=True)
print("tensors in, tensor out:", isinstance(same, torch.Tensor))
