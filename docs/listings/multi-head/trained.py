import numpy as np

from attention.trained import load_encoder

model = load_encoder("repeats")  # two layers of two heads
words, asked, answer = model.test  # none of them was trained on
row = np.arange(len(words))
same = words == words[row, asked][:, None]
same &= np.arange(words.shape[1]) < asked[:, None]
earlier = [np.flatnonzero(places)[-1] for places in same]
before = np.array(earlier)  # where the last letter stood before
after = before + 1  # what came next

first, second = (s.attention.weights for s in model.steps(words))
previous = first[row, :, after, before].mean(axis=0)
copied = second[row, :, asked, after].mean(axis=0)
print("layer 1, weight on the letter before:", previous.round(2))
print("layer 2, weight on what came next:   ", copied.round(2))


def right(model):
    scores = model.answer_scores(words, asked)
    return np.mean(scores.argmax(axis=-1) == answer)


everything, without = right(model), {}
print("all heads: right", everything)
for layer, head in np.ndindex(2, 2):
    w_o = model.layers[layer].w_o.copy()
    w_o[head * 16 :][:16] = 0  # the rows of this head
    layers = list(model.layers)
    layers[layer] = layers[layer]._replace(w_o=w_o)
    without[layer, head] = right(model._replace(layers=tuple(layers)))
    print(f"without head {layer + 1}.{head + 1}:", without[layer, head])
