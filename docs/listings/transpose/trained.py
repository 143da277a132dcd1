from attention.scores import dot_product_scores
from attention.trained import load_encoder

model = load_encoder("english")
sentence = "the cat sat on the mat because it was tired"
words = sentence.split()
first = model.steps(model.encode(words))[0]
Q, K = first.query[1], first.key[1]  # the second head
S = dot_product_scores(Q, K)
print("Q", Q.shape, "K", K.shape, "S", S.shape)

cat, mat, it = (words.index(word) for word in ("cat", "mat", "it"))
for i, j in ((it, cat), (cat, it), (it, mat), (mat, it)):
    print(f"{words[i]:>3} to {words[j]:3} {S[i, j]:6.2f}")
