import numpy as np

from attention.similarity import angle_degrees, cosine_similarity

rows = np.array([[1.0, 5.0], [0.0, 0.0], [5.0, 1.0]])
zero = cosine_similarity(rows, np.array([5.0, 1.0]))
print("zero row      ", zero.round(3), "winner", zero.argmax())

half = np.array([300, 400], dtype=np.float16)
print("float16       ", cosine_similarity(half, half))

itself = cosine_similarity(rows[0], rows[0])
angle = angle_degrees(rows[0], rows[0])
print("with itself   ", itself, "angle", angle)
