from collections import Counter

import numpy as np

from attention.softmax import softmax

rng = np.random.default_rng(0)
words = ["mat", "floor", "sofa", "moon"]
logits = np.array([4.0, 3.0, 2.0, -1.0])  # of the next word
choices, chance, drawn = (0.25, 1.0, 2.0), {}, {}
for T in choices:
    chance[T] = softmax(logits / T)
    drawn[T] = Counter(rng.choice(words, size=1000, p=chance[T]))
    counts = [drawn[T][word] for word in words]
    print(f"T {T:4}", chance[T].round(3), "drawn", counts)
print("T to 0:", words[logits.argmax()])
