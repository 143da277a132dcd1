import numpy as np

from attention.softmax import effective_number, softmax

scores = np.array([2.0, 1.0, 0.0])
temperatures = 0.1, 0.5, 1, 2, 10
table, number = {}, {}
for T in temperatures:
    table[T] = softmax(scores / T)
    number[T] = effective_number(table[T])
    print(f"T {T:4}", table[T].round(3), number[T].round(2))

tied = softmax(np.array([2.0, 2.0, 0.0]) / 1e-6)
print("tied ", tied)

stretch = 10
query, keys = np.array([1.0, 0.0]), np.array([[1.0, 0], [0, 1]])
short = softmax(keys @ query)
long = softmax(keys @ (stretch * query))
alone = softmax(keys[:1] @ (stretch * query))
print("query    ", short.round(3))
print("10 x     ", long.round(5), "one key", alone)
