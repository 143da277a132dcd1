number_bytes = 2  # float16 or bfloat16


def prefill(n, d):
    """FLOPs and bytes of n queries on n keys, one head."""
    flops = 4 * n * n * d  # two products
    moved = 4 * n * d * number_bytes  # Q, K, V and O
    return flops, moved


def decode(n, d, group=1):
    """Of one new token: a group of queries on n shared keys."""
    flops = 4 * group * n * d
    moved = 2 * n * d * number_bytes  # K and V, the rest is small
    return flops, moved


n, d = 4, 2
for name, (flops, moved) in {
    "prefill": prefill(n, d),
    "decode, one query": decode(n, d),
    "decode, a group of 4": decode(n, d, group=4),
}.items():
    print(f"{name:21}{flops:4} FLOP {moved:4} bytes", end="")
    print(f"{flops / moved:5.0f} FLOP/byte")
