memory, arithmetic = 4.8e12, 989e12  # bytes and FLOPs per second
ridge = arithmetic / memory
d = 128  # width of a head; two bytes per number

cases = {}
for name, n_q, n_k, group in (
    ("prefill", 128, 128, 1),
    ("prefill", 1_024, 1_024, 1),
    ("prefill", 8_192, 8_192, 1),
    ("decode", 1, 8_192, 1),
    ("decode", 1, 8_192, 4),
):
    flops = 4 * group * n_q * n_k * d
    moved = 2 * (2 * n_k + 2 * group * n_q) * d
    cases[f"{name:7}{n_q:6,} on {group} x {n_k:5,}"] = flops, moved
heads, latent, rotary, n_k = 128, 512, 64, 8_192  # DeepSeek-V3
flops = 2 * heads * n_k * (latent + rotary + latent)
numbers = n_k * (latent + rotary) + heads * (latent + rotary + latent)
cases["decode, latent x 8,192"] = flops, 2 * numbers
latent_intensity = flops / (2 * numbers)

print(f"the ridge point is at {ridge:.0f} FLOP/byte")
print(f"{'FLOP/byte':>34}  least time")
for name, (flops, moved) in cases.items():
    waits_us, works_us = moved / memory * 1e6, flops / arithmetic * 1e6
    bound = "memory" if waits_us > works_us else "arithmetic"
    print(f"{name:25}{flops / moved:9.1f}", end="")
    print(f"{max(waits_us, works_us):9.2f} µs, {bound}")
