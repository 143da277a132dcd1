import numpy as np

from attention import scaled_dot_product_attention
from attention.tiling import tiled_attention

rng = np.random.default_rng(0)
Q = rng.standard_normal((2, 6, 300, 16))  # six heads of queries
K, V = rng.standard_normal((2, 2, 3, 500, 16))  # three of keys
mask = rng.random((300, 500)) < 0.5
mask[7] = False  # query seven sees nothing
blocks = {"block_q": 64, "block_k": 96, "return_lse": True}
cases = {
    "everything": {},
    "causal": {"is_causal": True},
    "with 200 keys before": {"is_causal": True, "offset": 200},
    "a mask": {"attn_mask": mask},
    "a soft cap": {"softcap": 5.0, "scale": 1.0},
}
sees_nothing = {}
for name, options in cases.items():
    options["enable_gqa"] = True
    whole = scaled_dot_product_attention(Q, K, V, **options)
    output, lse = tiled_attention(Q, K, V, **options, **blocks)
    unseen = lse == -np.inf
    print(f"{name:20}", np.allclose(output, whole, rtol=1e-12), end="")
    sees_nothing[name] = int(unseen.sum())
    print("  sees nothing:", sees_nothing[name])
    assert (output[unseen] == 0).all()
