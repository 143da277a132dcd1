import numpy as np

from attention.trained import load_encoder

nearly_all = 0.95
right, products, scores, chosen = {}, {}, {}, {}
for name in ("divided", "undivided"):
    model = load_encoder(name)
    words, asked, answer = model.test
    answers = model.answer_scores(words, asked).argmax(axis=-1)
    right[name] = np.mean(answers == answer)
    print(f"{name}: d_k {model.record['d_k']}, right {right[name]:.1%}")
    every = np.arange(len(words))
    for i, layer in enumerate(model.steps(words), 1):
        # One row per sentence: what the pronoun gives to each word.
        stages = layer.attention[:4]
        raw, scaled, _, weights = (s[every, 0, asked] for s in stages)
        products[name, i] = np.median(raw.std(axis=-1))
        scores[name, i] = np.median(scaled.std(axis=-1))
        chosen[name, i] = np.mean(weights.max(axis=-1) > nearly_all)
        print(f"  layer {i}: spread of q·k {products[name, i]:.0f}", end=", ")
        print(f"of the scores {scores[name, i]:.1f}")
        print(f"    one key has nearly all in {chosen[name, i]:.0%}")
