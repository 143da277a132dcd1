import numpy as np

from attention.softmax import softmax

scores = np.array([100, 0])
results = {}
for dtype in (np.float16, np.float32, np.float64):
    name = dtype.__name__
    results[name] = softmax(scores.astype(dtype))
    print(name, results[name].round(3))

low = softmax(np.array([-200, -201], dtype=np.float32))
print("both low", low.round(3))
