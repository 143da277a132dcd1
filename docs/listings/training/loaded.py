from attention.trained import load_encoder

model = load_encoder("english")
told = "the cat sat on the mat because it was"
weights = {}
for reason in ("tired", "soft"):
    words = model.encode([*told.split(), reason])
    scores = model.answer_scores(words, asked=7)
    answer = model.vocabulary[scores.argmax()]
    second = model.steps(words)[1]
    row = second.attention.weights[:, 7].mean(axis=0)
    weights[reason] = row  # of "it", mean of four heads
    print(f"{reason:5} {answer}", end="  ")
    print(f"cat {row[1]:.2f}  mat {row[5]:.2f}  {reason} {row[9]:.2f}")

scores = model.answer_scores(model.test.words, model.test.asked)
right = scores.argmax(axis=-1) == model.test.answer
accuracy = right.mean()
print("right:", right.sum(), "of", right.size)
for key in ("seed", "n_steps", "n_parameters", "kept_in"):
    print(f"{key}: {model.record[key]}")
