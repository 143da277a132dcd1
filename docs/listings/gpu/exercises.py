import math

memory, arithmetic = 4.8e12, 989e12  # bytes and FLOPs per second

# Guessing ahead: n_q queries of a group against one cache
group, n_k, d = 4, 131_072, 128
guesses = arithmetic / memory / group
most = math.ceil(guesses)
print(f"{most} tokens at once reach the ridge point")

# One byte per number: the same FLOPs, half the bytes
numbers = 2 * 8 * n_k * d  # of one text, keys and values
two_us, one_us = (numbers * size / memory * 1e6 for size in (2, 1))
work_us = 2 * group * numbers / arithmetic * 1e6
print(f"at least {two_us:.1f} µs, then {one_us:.1f} µs", end="; ")
print(f"arithmetic alone {work_us:.1f} µs")

# A benchmark that reads the same cache again and again
cache_mb, level2_mb, margin = 4.2, 63, 4
fits = round(level2_mb / cache_mb)
copies = math.ceil(margin * level2_mb / cache_mb)
print(f"{fits} caches fit into L2; {copies} copies in turn")

# Counting what was left out
n, block_q, block_k = 8_192, 64, 64
blocks = sum(-(-(i + block_q) // block_k) for i in range(0, n, block_q))
share = blocks * block_q * block_k / n**2
print(f"computed: {share:.1%} of the table")
