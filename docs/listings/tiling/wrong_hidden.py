import numpy as np

hidden = -np.inf
scores = np.array([[hidden, hidden], [5, 1], [3, 4]])
values = np.array([[10.0, 20], [30, 40], [50, 60]])


def one_pass(mended):
    m, l, acc = -np.inf, 0.0, 0.0
    for s, v in zip(scores, values, strict=True):
        m_new = max(m, s.max())
        shift = 0.0 if mended and m_new == -np.inf else m_new
        alpha, p = np.exp(m - shift), np.exp(s - shift)
        l = alpha * l + p.sum()
        acc = alpha * acc + p @ v
        m = m_new
    return acc / l


with np.errstate(invalid="ignore"):
    wrong = one_pass(mended=False)
right = one_pass(mended=True)
print("the first block hidden:", wrong)
print("nothing subtracted while nothing is seen:", right.round(2))
assert np.isnan(wrong)
