import numpy as np

from attention.dot_product import dot, l2_normalize
from attention.similarity import cosine_similarity

cat = np.array([0.8, 0.6, 0.2])
dog = np.array([0.7, 0.5, 0.3])
alike = cosine_similarity(cat, dog)
print("cat and dog    ", alike.round(3))

short = np.array([1.0, 2.0])
long = np.array([2.0, 4.0])
across = np.array([2.0, -1.0])
print("short and long ", cosine_similarity(short, long).round(3))
print("short, across  ", cosine_similarity(short, across).round(3))

first = np.array([3.0, 4.0])
second = np.array([4.0, 3.0])
unit_first = l2_normalize(first)
unit_second = l2_normalize(second)
print("normalised     ", unit_first, unit_second)
print("their product  ", dot(unit_first, unit_second).round(3))
print("the cosine     ", cosine_similarity(first, second).round(3))
