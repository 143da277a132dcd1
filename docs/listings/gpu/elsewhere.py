import torch

from attention.gpu.dispatch import _chosen, _described

CALL = {"is_causal": True, "enable_gqa": True}


def on_a_gpu(n_q, n_k, mask=None, d=128, **changes):
    """The path on a GPU of compute capability 9.0, an H100 say."""
    query = torch.empty(1, 32, n_q, d).bfloat16()
    key = torch.empty(1, 8, n_k, d).bfloat16()
    given = CALL | {"offset": n_k - n_q} | changes
    case = _described(query, key, key, mask, **given)
    there = {"device": "cuda", "capability": (9, 0)}
    return _chosen(case._replace(**there, triton=True), None).path


mask = torch.ones(64, 64, dtype=torch.bool)
chosen = {
    "a prompt of 64 tokens": on_a_gpu(64, 64),
    "one token and its cache": on_a_gpu(1, 4096),
    "four tokens, guessed": on_a_gpu(4, 4096),
    "with a mask": on_a_gpu(64, 64, mask),
    "heads 80 wide": on_a_gpu(64, 64, d=80),
    "with a soft cap": on_a_gpu(64, 64, softcap=50.0),
}
for call, path in chosen.items():
    print(f"{call:24}{path}")
