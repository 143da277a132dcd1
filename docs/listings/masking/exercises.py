import numpy as np

from attention.masking import (
    causal_mask,
    padding_mask,
    sliding_window_mask,
)
from attention.softmax import softmax

n, window = 1_000, 100
cells = int(causal_mask(n, n).sum())
narrow = int(sliding_window_mask(n, n, window).sum())
print("visible", cells, "of", n**2, "and in the window", narrow)

cached, drafts = 7, 4
checked = causal_mask(drafts, cached + drafts, offset=cached)
sees = checked.sum(axis=1)
print("drafts see", sees)

prompt = 3
prefix = causal_mask(5, 5) | padding_mask(np.array(prompt), 5)
print(prefix.astype(int))

visible = np.array([True, True, False])
ratio = {}
for score in (2.0, 800.0):  # of the hidden key
    row = np.array([0.0, 1.0, score])
    late = softmax(row) * visible
    with np.errstate(invalid="ignore"):  # zero divided by zero
        late = late / late.sum()
    early = softmax(np.where(visible, row, -np.inf))
    ratio[score] = late, early
    print("divided again", late.round(3), "or", early.round(3))
