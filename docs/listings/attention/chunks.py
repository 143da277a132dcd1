import tracemalloc

import numpy as np

from attention import scaled_dot_product_attention as attend


def peak_mb(function):
    tracemalloc.start()
    result = function()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return result, peak / 1e6


def in_chunks(query, key, value, size):
    output = np.empty((len(query), value.shape[-1]), query.dtype)
    for start in range(0, len(query), size):
        rows = slice(start, start + size)
        output[rows] = attend(query[rows], key, value)
    return output


rng = np.random.default_rng(0)
n, d, size = 2000, 64, 50
Q, K, V = rng.standard_normal((3, n, d))
whole, whole_mb = peak_mb(lambda: attend(Q, K, V))
parts, parts_mb = peak_mb(lambda: in_chunks(Q, K, V, size))
print("same output:", np.allclose(parts, whole, rtol=0, atol=1e-12))
table_mb, chunk_mb = n * n * 8 / 1e6, size * n * 8 / 1e6
print("one table of scores", table_mb, "MB, of one chunk", chunk_mb)
print("at once, peak above two tables:", whole_mb > 2 * table_mb)
print("in chunks, below a quarter of one:", parts_mb < table_mb / 4)
