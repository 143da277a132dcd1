memory, arithmetic = 4.3e12, 800e12  # bytes and FLOPs a second
ridge = arithmetic / memory
row_bytes = 2 * 128  # a key or a value of two-byte numbers


def bound_s(flops, moved):
    """The least time there is, and who asks for it."""
    waits, works = moved / memory, flops / arithmetic
    return max((waits, "memory"), (works, "arithmetic"))


print(f"the ridge is at {ridge:.0f} FLOP/byte")
print("                   FLOP/byte  least time")
found = {}
for name, n_q, n_k, group in (
    ("prefill", 128, 128, 1),
    ("prefill", 1_024, 1_024, 1),
    ("prefill", 8_192, 8_192, 1),
    ("decode", 1, 8_192, 1),
    ("decode", 1, 8_192, 4),
):
    flops = 4 * group * n_q * n_k * 128
    moved = (2 * n_k + 2 * group * n_q) * row_bytes
    least_s, spent = bound_s(flops, moved)
    found[name, n_k, group] = flops / moved, least_s * 1e6
    print(f"{name:8}{n_q:>6,} on {group} x {n_k:>5,}", end="")
    print(f"{flops / moved:8.1f}{least_s * 1e6:9.2f} µs, {spent}")
