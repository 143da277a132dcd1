import numpy as np

from attention.tiling import merge, tiled_attention

query = np.array([[1.0]])
key = np.array([[0.0], [2], [5], [1], [3], [4]])  # times one: scores
value = np.array([[10.0], [20], [30], [40], [50], [60]])


def attend(k, v):
    return tiled_attention(query, k, v, scale=1.0, return_lse=True)


whole, _ = attend(key, value)
one, one_lse = attend(key[:2], value[:2])
two, two_lse = attend(key[2:], value[2:])
plain = ((one + two) / 2).item()
by_count = ((2 * one + 4 * two) / 6).item()
right = merge(one, one_lse, two, two_lse)[0].item()
print(f"two parts      {one.item():.2f} and {two.item():.2f}")
print(f"their average  {plain:.2f}")
print(f"by their keys  {by_count:.2f}")
print(f"by their lse   {right:.2f}, the whole {whole.item():.2f}")
assert np.isclose(right, whole.item())
assert min(right - plain, right - by_count) > 1
