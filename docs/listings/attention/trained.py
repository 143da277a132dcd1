import numpy as np

from attention.trained import load_encoder

model = load_encoder("english")  # its parameters lie in the package
said = "the cat sat on the mat because it was tired"
text = said.split()
words, pronoun = model.encode(text), text.index("it")
first, second = model.steps(words)  # one for each layer
head = -2  # the last but one
scaled = second.attention.scaled[head]
weights = second.attention.weights[head]

best = model.answer_scores(words, pronoun).argmax()
print("what 'it' means:", model.vocabulary[best])
print("what it looks at in the second layer, one head")
for j, word in enumerate(text):
    s, p = scaled[pronoun, j], weights[pronoun, j]
    print(f"{word:>8} {s:5.1f} {p:5.2f}")

lengths = {}
for name, layer in {"first": first, "second": second}.items():
    before, change = layer.x[pronoun], layer.change[pronoun]
    vectors = [before, change, before + change]
    lengths[name] = np.linalg.norm(vectors, axis=-1)
    print(name, "layer: before, change, after", lengths[name].round(1))

test = model.test  # sentences that it was not trained on
n_tests = len(test.asked)
tested = model.steps(test.words)[1].attention.weights
asking = tested[np.arange(n_tests), head, test.asked]
on_noun = asking[test.words == test.answer[:, None]].mean()
named = model.answer_scores(test.words, test.asked).argmax(axis=-1)
accuracy = (named == test.answer).mean()
print(n_tests, "tests: weight on the right noun", on_noun.round(2))
print("right answers", accuracy)
