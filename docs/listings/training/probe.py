from attention.trained import load_encoder

model = load_encoder("english")
beings = "cat dog rabbit mouse fox goat hen puppy kitten squirrel"
things = "mat rug sofa bed pillow blanket carpet cushion"
probes = {"the thing": 0, "the being": 0, "another word": 0}
for being in beings.split():
    for thing in things.split():
        for did in ("sat on", "slept on", "lay on"):
            for quality in ("clean", "soft"):
                told = f"the {being} was {quality} because it"
                text = f"{told} {did} the {thing}".split()
                words, it = model.encode(text), text.index("it")
                best = model.answer_scores(words, it).argmax()
                kinds = {thing: "the thing", being: "the being"}
                named = model.vocabulary[best]
                probes[kinds.get(named, "another word")] += 1
print(" ".join(text))
print(probes)
total = sum(probes.values())
