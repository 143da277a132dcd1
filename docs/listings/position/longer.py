import numpy as np

d, trained = 128, 4096
pairs = np.arange(d // 2)


def wavelengths(base):  # tokens for one full turn
    return 2 * np.pi * base ** (2 * pairs / d)


base, larger = 10_000, 500_000
short, long = wavelengths(base), wavelengths(larger)
slow = int((short > trained).sum())
print(base, "from", round(short[0], 2), "to", round(short[-1]))
print(larger, "from", round(long[0], 2), "to", round(long[-1]))
print(slow, "of", len(pairs), "pairs make no full turn in", trained)
