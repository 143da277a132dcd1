import numpy as np

from attention.masking import causal_mask, sliding_window_mask

n, window = 7, 3
text = np.array([0, 0, 0, 1, 1, 1, 1])  # two texts share one row
packed = causal_mask(n, n) & (text[:, None] == text[None, :])
band = sliding_window_mask(n, n, window)
both = packed & band
print("two texts\n", packed.astype(int))
print("window of", window, "\n", band.astype(int))
print("both\n", both.astype(int))

reach = {}
for layers in (1, 2, 3):
    paths = np.linalg.matrix_power(band.astype(int), layers)
    reach[layers] = (paths[-1] > 0).sum()
    print(f"layers {layers}: the last token is reached by", reach[layers])
