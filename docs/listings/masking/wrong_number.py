import numpy as np

np.seterr(all="ignore")  # NumPy would warn; PyTorch never does


def weigh(scores):
    powers = np.exp(scores - scores.max())
    return powers / powers.sum()


scores = np.array([2.0, 1.0, 0.0])  # of a row that may see nothing
filled, added = {}, {}
for dtype in (np.float64, np.float32, np.float16):
    name, big = dtype.__name__, dtype(-1e9)
    filled[name] = weigh(np.full(3, big))
    added[name] = weigh(scores.astype(dtype) + big)
    print(f"{name:8} filled", filled[name].round(3), end=" ")
    print("added", added[name].round(3))

half = np.float16([-1e9, -1e6])
lowest = np.finfo(np.float16).min
print("float16 reads them as", half)
print("its lowest", lowest, "and twice that", lowest + lowest)
assert np.isclose(filled["float64"], 1 / 3).all()
assert (added["float64"] == weigh(scores)).all(), "nothing is hidden"
assert np.isnan(filled["float16"]).all()
