import os

os.environ["TRITON_INTERPRET"] = "1"  # before Triton is imported
import torch

from attention import gpu
from attention.tiling import tiled_attention

torch.manual_seed(0)
query = torch.randn(1, 2, 100, 64, dtype=torch.float16)
key, value = torch.randn(2, 1, 1, 130, 64, dtype=torch.float16)
given = query, key, value
options = {"is_causal": True, "offset": 30}
output, lse = gpu.flash_attention(*given, **options, return_lse=True)
wide = [x.double() for x in given]
options |= {"enable_gqa": True, "return_lse": True}
exact, exact_lse = tiled_attention(*wide, **options)
newest = gpu.flash_decode(query[:, :, -1:], key, value)


def off(a, b):
    return ((a.double() - b).norm() / b.norm()).item()


for name, error, right in (
    ("prefill", off(output, exact), exact),
    ("decode", off(newest, exact[:, :, -1:]), exact[:, :, -1:]),
):
    rounding = off(right.half(), right)
    print(f"{name}: within twice rounding", error < 2 * rounding)
print("log-sum-exp:", torch.allclose(lse.double(), exact_lse))
