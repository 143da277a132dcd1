import numpy as np

from attention.softmax import softmax
from attention.trained import load_encoder

rng = np.random.default_rng(0)
model = load_encoder("english")  # which noun does "it" mean?
text = "the cat sat on the mat because it was tired"
words = text.split()
logits = model.answer_scores(model.encode(words), words.index("it"))
tests = model.answer_scores(model.test.words, model.test.asked)
choices, chance, hits = (0.5, 1, 2, 4), {}, {}
for T in choices:
    p = softmax(logits / T)
    chance[T] = p[model.vocabulary.index("cat")]
    drawn = rng.choice(model.vocabulary, size=4, p=p)
    each = softmax(tests / T)
    hits[T] = each[np.arange(len(each)), model.test.answer].mean()
    print(f"T {T:3}  cat {chance[T]:.3f}, drawn:", *drawn)
    print(f"       right in the tests {hits[T]:.3f}")
