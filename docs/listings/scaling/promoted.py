import numpy as np

scores = np.ones((1024, 1024), dtype=np.float32)
wrong = scores / np.sqrt(64)
right = scores / 64**0.5
kinds = type(np.sqrt(64)).__name__, type(64**0.5).__name__
print("np.sqrt(64) is a", kinds[0], "- scores become", wrong.dtype)
print("64**0.5     is a", kinds[1], "  - scores stay  ", right.dtype)
print("np.sqrt of the scores is", np.sqrt(scores).dtype)
growth = wrong.nbytes / right.nbytes
print("memory", growth, "times")
assert wrong.dtype != scores.dtype
