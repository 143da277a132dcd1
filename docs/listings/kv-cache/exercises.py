import numpy as np

from attention import scaled_dot_product_attention

# The cache outgrows the model: Qwen3-0.6B, bfloat16
parameters = 600_000_000
model_gb = 2 * parameters / 1e9
per_token = 2 * 28 * 8 * 128 * 2
outgrown = int(model_gb * 1e9 / per_token) + 1
print("cache larger than the model from", f"{outgrown:,} tokens")

# A word in the middle
whole, edited = 1000, 700
kept, again = edited - 1, whole - edited + 1
print("kept", kept, "computed again", again)

# Eight bits per number, one factor per row
rng = np.random.default_rng(0)
width, highest = 64, 127
query = rng.standard_normal((100, width))
key, value = rng.standard_normal((2, 1000, width))


def eight_bit(rows):
    factor = abs(rows).max(axis=1, keepdims=True) / highest
    return (rows / factor).round().astype(np.int8) * factor


exact = scaled_dot_product_attention(query, key, value)
near_key, near_value = eight_bit(key), eight_bit(value)
rounded = scaled_dot_product_attention(query, near_key, near_value)
off = np.linalg.norm(rounded - exact) / np.linalg.norm(exact)
spared = 1 - (width + 2) / (2 * width)  # a factor takes two bytes
print(f"8 bits: output off by {off:.1%}, memory spared {spared:.0%}")
