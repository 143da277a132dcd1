import numpy as np

# Two machines
a, b = np.exp([0.0, 2]), np.exp([5.0, 1, 3, 4])
lse_a, o_a = np.log(a.sum()), a @ [10, 20] / a.sum()
lse_b, o_b = np.log(b.sum()), b @ [30, 40, 50, 60] / b.sum()
lse = np.log(np.exp(lse_a) + np.exp(lse_b))
share_a, share_b = np.exp([lse_a - lse, lse_b - lse])
together = share_a * o_a + share_b * o_b
print(f"lse {lse_a:.2f}, {lse_b:.2f} and {lse:.2f}", end="  ")
print(f"shares {share_a:.3f} {share_b:.3f}  output {together:.1f}")

# Base two: the same lse, but as a power of two
two_a, two_b = np.array([lse_a, lse_b]) / np.log(2)
wrong_share = np.exp(two_a) / (np.exp(two_a) + np.exp(two_b))
print(f"in base two {two_a:.2f}, {two_b:.2f}: share {wrong_share:.3f}")

# How often is a key read? One head of n tokens, two bytes each
n, d, block_q = 8_192, 128, 128
readings = n // block_q
kv_mb = readings * 2 * n * d * 2 / 1e6
table_mb = 4 * n * n * 2 / 1e6  # written and read, scores and weights
print(f"read {readings} times: {kv_mb:.0f} MB, not {table_mb:.0f}")
