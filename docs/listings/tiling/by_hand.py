import numpy as np

from attention.softmax import softmax

scores = np.array([[0.0, 2], [5, 1], [3, 4]])
values = np.array([[10.0, 20], [30, 40], [50, 60]])

m, l, acc = -np.inf, 0.0, 0.0
alphas, accs, outputs = [], [], []
for s, v in zip(scores, values, strict=True):
    m_new = max(m, s.max())
    alpha = np.exp(m - m_new)  # exp(-inf) is zero
    p = np.exp(s - m_new)
    l = alpha * l + p.sum()
    acc = alpha * acc + p @ v
    m = m_new
    alphas.append(alpha)
    accs.append(acc)
    outputs.append(acc / l)
    print(f"alpha {alpha:.3f}  l {l:.3f}", end="  ")
    print(f"acc {acc:.3f}  output {acc / l:.2f}")

at_once = softmax(scores.ravel()) @ values.ravel()
print("all at once", at_once.round(2))
assert np.isclose(at_once, outputs[-1], rtol=1e-14)
