# PyTorch is an extra of the package: pip install '.[torch]'
import torch

from attention.nn.tasks import (
    chinese_sentences,
    encode,
    english_sentences,
    make_task,
)

english = make_task(english_sentences())
chinese = make_task(chinese_sentences())
for task, space in ((english, " "), (chinese, "")):
    for sentence in task.test[:4]:
        noun = sentence.words[sentence.referent]
        print(f"{space.join(sentence.words)}  →  {noun}")
    shared = set(task.training) & set(task.test)
    print(len(task.vocabulary), "words,", end=" ")
    print("in training and test:", len(shared))

words, asked, answer = encode(english.test, english.vocabulary)
assert words.dtype == torch.int64
print(words[0].tolist(), int(asked[0]), int(answer[0]))
