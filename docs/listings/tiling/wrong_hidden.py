import numpy as np

hidden = -np.inf
scores = np.array([[hidden, hidden], [5, 1], [3, 4]])
values = np.array([[10.0, 20], [30, 40], [50, 60]])


def one_pass(mended):
    highest, total, mixed = -np.inf, 0.0, 0.0
    for s, v in zip(scores, values, strict=True):
        new = max(highest, s.max())
        shift = 0.0 if mended and new == -np.inf else new
        powers, factor = np.exp(s - shift), np.exp(highest - shift)
        total = total * factor + powers.sum()
        mixed = mixed * factor + powers @ v
        highest = new
    return mixed / total


with np.errstate(invalid="ignore"):
    wrong = one_pass(mended=False)
right = one_pass(mended=True)
print("the first block hidden:", wrong)
print("nothing subtracted while nothing is seen:", right.round(2))
assert np.isnan(wrong)
