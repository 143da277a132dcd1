import numpy as np

from attention import scaled_dot_product_attention
from attention.position import rotary

rng = np.random.default_rng(0)
n, d = 5, 8
Q, K, V = rng.standard_normal((3, n, d))


def output(first, turn_values):
    places = first + np.arange(n)
    values = rotary(V, places) if turn_values else V
    turned = rotary(Q, places), rotary(K, places)
    return scaled_dot_product_attention(*turned, values)


moved = {}
for turn_values in (False, True):
    change = output(100, turn_values) - output(0, turn_values)
    moved[turn_values] = abs(change).max().round(9)
    print("values turned:", turn_values)
    print(f"  100 places on, outputs change by {moved[turn_values]:.2f}")
