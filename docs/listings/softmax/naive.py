import numpy as np

np.seterr(all="ignore")  # NumPy would warn; PyTorch never does


def naive_softmax(scores):
    powers = np.exp(scores)
    return powers / powers.sum()


scores = np.array([100, 0])
results = {}
for dtype in (np.float16, np.float32, np.float64):
    name = dtype.__name__
    results[name] = naive_softmax(scores.astype(dtype))
    print(name, results[name].round(3))

low = naive_softmax(np.array([-200, -201], dtype=np.float32))
print("both low", low)
assert np.isnan(results["float16"]).any()
assert np.isnan(results["float32"]).any()
assert np.isnan(low).all()  # zero by zero
