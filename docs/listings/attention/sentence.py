import numpy as np

from attention import attention_steps

# Asks for, is found by: being, place, deed, state. And hands over.
rows = {
    "cat": ([0, 0, 3, 2], [2, 0, 0, 0], [9, 8]),
    "sat": ([4, 3, 0, 0], [0, 0, 2, 0], [2, 9]),
    "mat": ([0, 0, 3, 0], [0, 2, 0, 0], [1, 1]),
    "it": ([3, 1, 0, 0], [1, 0, 0, 0], [5, 4]),
    "tired": ([4, 0, 0, 0], [0, 0, 0, 2], [9, 1]),
}
words = list(rows)
triples = zip(*rows.values(), strict=True)
Q, K, V = (np.array(x, dtype=float) for x in triples)

steps = attention_steps(Q, K, V)
decoder = attention_steps(Q, K, V, is_causal=True)
full, causal = steps.weights, decoder.weights


def show(title, weights):
    print(f"{title:>8}", *(f"{word:>5}" for word in words))
    for word, row in zip(words, weights, strict=True):
        print(f"{word:>8}", *(f"{weight:5.2f}" for weight in row))


show("all", full)
show("earlier", causal)
it = words.index("it")
mixture = steps.output[it]
print("q of it", Q[it], "k of cat", K[0], "score", steps.scores[it, 0])
print("value of cat", V[0], "output of it", mixture.round(2))
