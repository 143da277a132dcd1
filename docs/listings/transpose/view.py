import tracemalloc

import numpy as np

K = np.arange(12.0).reshape(4, 3)  # 4 keys of width 3, 8 bytes each
print("K ", K.shape, "strides", K.strides)
print("KT", K.mT.shape, "strides", K.mT.strides)
shared = np.shares_memory(K, K.mT)
K.mT[0, 3] = -1.0  # write through the transpose
print("same memory", shared, "and the last key is", K[3])

rng = np.random.default_rng(0)
query, key = rng.standard_normal((2, 1024, 64))
out = np.empty((1024, 1024))
fresh = {}
tracemalloc.start()
for name, product in {
    "key.mT": lambda: np.matmul(query, key.mT, out=out),
    "copied": lambda: np.matmul(query, key.mT.copy(), out=out),
}.items():
    tracemalloc.reset_peak()
    product()
    fresh[name] = tracemalloc.get_traced_memory()[1]
    print(name, "needs room for a second K:", fresh[name] >= key.nbytes)
