# PyTorch is an extra of the package: pip install '.[torch]'
import torch

from attention.nn.encoder import Encoder
from attention.nn.tasks import Sentence, encode

told = "the cat sat on the mat because it was"
ends = "tired", "soft"
pair = [Sentence((*told.split(), end), 7, 1, 5) for end in ends]
vocabulary = sorted({word for each in pair for word in each.words})
words, asked, _ = encode(pair, vocabulary)

torch.manual_seed(0)
differ = {}
for kind, is_causal in (("encoder", False), ("decoder", True)):
    model = Encoder(len(vocabulary), 10, is_causal=is_causal).double()
    for name, place in (("it", asked), ("the last word", asked + 2)):
        with torch.no_grad():
            tired, soft = model(words, place)
        differ[kind, name] = not torch.equal(tired, soft)
        print(f"{kind}, asked at {name}: differ {differ[kind, name]}")
