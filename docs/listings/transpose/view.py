import tracemalloc

import numpy as np

K = np.arange(12.0).reshape(4, 3)  # one key per row
print("K   ", K.shape, "strides", K.strides)
print("K.mT", K.mT.shape, "strides", K.mT.strides)
shared = np.shares_memory(K, K.mT)
K.mT[0, 2] = -1.0  # write through the transpose
print("same memory", shared, "and the third key is", K[2])

rng = np.random.default_rng(0)
query, key = rng.standard_normal((2, 1024, 64))
out = np.empty((1024, 1024))
tracemalloc.start()
np.matmul(query, key.mT, out=out)
view_peak = tracemalloc.get_traced_memory()[1]
np.matmul(query, key.mT.copy(), out=out)
copy_peak = tracemalloc.get_traced_memory()[1]
print("room for a second K: with key.mT", view_peak >= key.nbytes)
print("              with key.mT.copy()", copy_peak >= key.nbytes)
