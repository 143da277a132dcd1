import numpy as np

from attention.dot_product import dot, norm
from attention.similarity import angle_degrees, squared_distance

left = np.array([2.0, -1.0, 0.0])
right = np.array([1.0, 2.0, 5.0])
print("first ", dot(left, right), angle_degrees(left, right))

asked = np.array([1.0, 2.0, 3.0])
plain = np.array([1.0, 1.0, 1.0])
factor = dot(asked, asked) / dot(asked, plain)
stretched = factor * plain
print("second", factor.round(2), norm(stretched).round(2))

east = np.array([1.0, 0.0])
other = np.array([0.5, np.sqrt(0.75)])
apart = np.sqrt(squared_distance(east, other))
product = dot(east, other)
opening = angle_degrees(east, other)
print("third ", apart.round(9), product, opening.round(9))

documents = np.array([[0.6, 0.8], [0.8, 0.6], [0.0, 1.0]])
query = np.array([5.0, 1.0])
scores = documents @ query
order = (-scores).argsort()
unit_order = (-(scores / norm(query))).argsort()
print("fourth", order, unit_order)
