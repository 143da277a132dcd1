import numpy as np

from attention.dot_product import l2_normalize, norm
from attention.similarity import cosine_similarity
from attention.trained import load_encoder

model = load_encoder("english")
sentence = "the cat sat on the mat because it was tired"
words = sentence.split()
first = model.steps(model.encode(words))[0]
head, it = 1, words.index("it")  # the second head
query, keys = first.query[head, it], first.key[head]
scores = keys @ query
cosines = cosine_similarity(keys, query)
lengths = norm(keys)
weights = first.attention.weights[head, it]
for name in ("cat", "mat", "sat"):
    j = words.index(name)
    print(f"{name}  score {scores[j]:5.2f}", end="  ")
    print(f"cosine {cosines[j]:.2f}  length {lengths[j]:.2f}", end="  ")
    print(f"weight {weights[j]:.3f}")

others = ~np.eye(len(words), dtype=bool)
mean_cosines = []
for layer in model.steps(model.test.words):
    units = l2_normalize(layer.key)  # every sentence, every head
    mean_cosines.append((units @ units.mT)[..., others].mean())
print("two keys of a sentence, mean cosine, by layer:")
print(np.round(mean_cosines, 2))
