import torch

from attention.gpu.forward import configuration

shared_bytes = 228 * 1024  # of one multiprocessor
taken_kb, programs = {}, {}
for d in (64, 128):
    sizes = configuration(d, torch.bfloat16)
    blocks = sizes.num_stages  # of keys, and as many of values
    rows = sizes.block_q + 2 * blocks * sizes.block_k
    taken_bytes = rows * d * 2
    taken_kb[d] = taken_bytes / 1e3
    programs[d] = shared_bytes // taken_bytes
    print(f"{d:3} wide: {taken_kb[d]:5.1f} KB per program", end=", ")
    print(f"room for {programs[d]}")
