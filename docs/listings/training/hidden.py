import numpy as np

from attention.softmax import softmax
from attention.trained import load_encoder

model = load_encoder("english")


def answer(words, asked, noun, layers):
    row, n = np.arange(len(words)), words.shape[1]
    visible = np.ones((len(words), 1, n, n), dtype=bool)
    visible[row, 0, asked, noun] = False  # "it" may not see it
    masks = [visible if i in layers else None for i in (1, 2)]
    shares = softmax(model.answer_scores(words, asked, masks))
    return shares.argmax(axis=-1), shares.max(axis=-1)


words, asked, meant = model.test
noun = (words == meant[:, None]).argmax(axis=1)
beings = "cat dog rabbit mouse fox goat hen puppy kitten squirrel"
being = np.isin(meant, model.encode(beings.split()))
right = {}
for layers in ((), (1,), (2,), (1, 2)):
    good = answer(words, asked, noun, layers)[0] == meant
    right[layers] = [good[of].mean() for of in (being, ~being)]
    shares = "being {:5.1%}  thing {:5.1%}".format(*right[layers])
    print("hidden in layers", list(layers), shares)

said = "the cat sat on the mat because it was soft"
text = said.split()
it, mat = np.array([text.index("it")]), np.array([text.index("mat")])
one = {i: answer(model.encode(text)[None], it, mat, [i]) for i in (1, 2)}
named = {i: model.vocabulary[best[0]] for i, (best, _) in one.items()}
sure = {i: shares[0] for i, (_, shares) in one.items()}
print("mat hidden in one layer:", named, sure[1].round(2))
