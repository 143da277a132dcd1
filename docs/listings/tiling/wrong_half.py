import numpy as np

n, block = 65_536, 16


def mean_of(number):
    """All scores are equal: the output is the mean of the values."""
    total, mixed = number(0), number(0)
    for j in range(0, n, block):
        value = 0 if j < n // 2 else 1
        total = number(total + number(block))  # each adds one
        mixed = number(mixed + number(block * value))
    return float(mixed) / float(total), int(total)


wrong, stuck = mean_of(np.float16)
right, summed = mean_of(np.float32)
print(f"float16: output {wrong:.2f}, total {stuck:,}")
print(f"float32: output {right:.2f}, total {summed:,}")
assert wrong == 2 * right
