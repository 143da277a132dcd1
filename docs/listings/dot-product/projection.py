import numpy as np

from attention.dot_product import dot, norm, project

a = np.array([4.0, 0.0])
b = np.array([3.0, 3.0])
shadow_of_b = project(b, onto=a)
shadow_of_a = project(a, onto=b)
print("a . b             ", dot(a, b))
print("shadow of b * |a| ", norm(shadow_of_b) * norm(a))
print("shadow of a * |b| ", (norm(shadow_of_a) * norm(b)).round(9))
mixed = norm(shadow_of_b) * norm(b)
print("shadow of b * |b| ", mixed.round(2), "(something else)")
