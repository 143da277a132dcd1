import numpy as np

from attention.score_functions import negative_squared_distance_scores

q = np.array([[10_000.0]], dtype=np.float32)
steps = np.array([[0.25], [0.5], [1.75]], dtype=np.float32)
keys = q + steps
exact = -((q - keys) ** 2)[:, 0]

point = keys[:1]  # any point nearby: no distance changes
shifted = negative_squared_distance_scores(q - point, keys - point)[0]
q64, keys64 = q.astype(np.float64), keys.astype(np.float64)
wide = negative_squared_distance_scores(q64, keys64)[0]
print("shifted", shifted)
print("float64", wide)
print("exact  ", exact)
