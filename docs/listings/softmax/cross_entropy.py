import numpy as np

from attention.dot_product import norm
from attention.softmax import softmax

scores = np.array([10.0, 0.0])  # sure of the first answer
y = np.array([0.0, 1.0])  # the second is right
right = 1


def loss(s):
    return -np.log(softmax(s)[right])


p = softmax(scores)
gradient = p - y
h = 1e-6
nudges = h * np.eye(2)
rises = [loss(scores + n) - loss(scores - n) for n in nudges]
differences = np.array(rises) / (2 * h)
print("p - y", gradient.round(3), "length", norm(gradient).round(2))
print("finite differences agree", np.allclose(differences, gradient))

# The same scores inside attention: a gradient of length one at p.
g = np.array([-1.0, 1.0]) / 2**0.5
stuck = norm(p * (g - p @ g))
print(f"through softmax alone {stuck:.1e}")
