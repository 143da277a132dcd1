import numpy as np

from attention import scaled_dot_product_attention
from attention.masking import padding_mask

rng = np.random.default_rng(0)
n, lengths = 4, np.array([2, 4])
behind = rng.standard_normal((2, n, 3))
short = behind[0, :2]
behind[0, 2:] = 100.0  # fills up the short text; anything would do
front = behind.copy()
front[0] = np.roll(behind[0], 2, axis=0)  # the same, in front


def output(x, **options):
    return scaled_dot_product_attention(x, x, x, **options)


def off_by(batch, rows, causal, mask=None):
    text = output(batch, attn_mask=mask, is_causal=causal)[0, rows]
    alone = output(short, is_causal=causal)
    return round(abs(text - alone).max(), 2)


real = padding_mask(lengths, n)
first, last = slice(0, 2), slice(2, 4)
encoder = [off_by(behind, first, False, m) for m in (None, real)]
print("encoder: no mask, mask", *encoder)
decoder = off_by(behind, first, True)
print("decoder: no mask", decoder)
turned = off_by(front, last, True)
cured = off_by(front, last, True, real[..., ::-1])
print("decoder, padding in front: no mask, mask", turned, cured)
