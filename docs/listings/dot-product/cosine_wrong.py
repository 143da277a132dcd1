import numpy as np

np.seterr(all="ignore")  # NumPy would warn; PyTorch never does


def naive_cosine(a, b):
    lengths = np.sqrt((a * a).sum(-1)) * np.sqrt((b * b).sum(-1))
    return (a * b).sum(-1) / lengths


rows = np.array([[1.0, 5.0], [0.0, 0.0], [5.0, 1.0]])
zero = naive_cosine(rows, np.array([5.0, 1.0]))
print("zero row      ", zero.round(3), "winner", zero.argmax())

half = np.array([300, 400], dtype=np.float16)
overflow = naive_cosine(half, half)
limit = np.finfo(half.dtype).max
print("float16       ", overflow, "largest number", float(limit))

itself = naive_cosine(rows[0], rows[0])
angle = np.degrees(np.arccos(itself))
print("with itself   ", itself, "angle", angle)
assert zero.argmax() == 1  # the row that means nothing wins
assert np.isnan([overflow, angle]).all()
