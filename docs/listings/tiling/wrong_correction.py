import numpy as np

scores = np.array([[0.0, 2], [5, 1], [3, 4]])
values = np.array([[10.0, 20], [30, 40], [50, 60]])


def one_pass(values, correct_l, correct_acc):
    m, l, acc = -np.inf, 0.0, 0.0
    for s, v in zip(scores, values, strict=True):
        m_new = max(m, s.max())
        alpha, p = np.exp(m - m_new), np.exp(s - m_new)
        l = (alpha if correct_l else 1) * l + p.sum()
        acc = (alpha if correct_acc else 1) * acc + p @ v
        m = m_new
    return acc / l


fives = np.full((3, 2), 5.0)  # come out as five, or else
right, right_five = (one_pass(v, True, True) for v in (values, fives))
wrong, wrong_five = (one_pass(v, True, False) for v in (values, fives))
both, both_five = (one_pass(v, False, False) for v in (values, fives))
print(f"right                {right:.2f}  {right_five:.2f}")
print(f"acc is not corrected {wrong:.2f}  {wrong_five:.2f}")
print(f"neither is corrected {both:.2f}  {both_five:.2f}")
assert abs(wrong - right) > 1 < abs(both - right)
assert wrong_five > 5.1
