import numpy as np

n, block = 65_536, 16


def mean_of(number):
    """All scores are equal: the output is the mean of the values."""
    l, acc = number(0), number(0)
    for j in range(0, n, block):
        value = 0 if j < n // 2 else 1
        l = number(l + number(block))  # each key adds one
        acc = number(acc + number(block * value))
    return float(acc) / float(l), int(l)


wrong, stuck = mean_of(np.float16)
right, summed = mean_of(np.float32)
print(f"float16: output {wrong:.2f}, l {stuck:,}")
print(f"float32: output {right:.2f}, l {summed:,}")
assert wrong == 2 * right
