import numpy as np

from attention.similarity import angle_degrees, cosine_similarity

first = np.array([3.0, 4.0])
second = np.array([4.0, 3.0])
cosine = cosine_similarity(first, second)
angle = angle_degrees(first, second)
print("cosine", cosine.round(3), "angle", angle.round(2))

fixed = np.array([2.0, 0.0])
degrees = np.array([0, 45, 60, 89, 90, 91, 135, 180])
turns = np.radians(degrees)
turned = 2 * np.stack([np.cos(turns), np.sin(turns)], axis=-1)
cosines = cosine_similarity(fixed, turned)
products = turned @ fixed
line = "{:4} degrees  cosine {:6.3f}  product {:6.3f}"
for row in zip(degrees, cosines, products, strict=True):
    print(line.format(*row))
