# PyTorch is an extra of the package: pip install '.[torch]'
import torch
from torch.nn.functional import cross_entropy

from attention.nn.encoder import Encoder
from attention.nn.tasks import encode, english_sentences, make_task

torch.set_num_threads(1)
torch.manual_seed(0)
task = make_task(english_sentences())
words, asked, answer = encode(task.training[:64], task.vocabulary)
model = Encoder(len(task.vocabulary), words.shape[1]).double()
second = model.layers[1]
matrices = {n: getattr(second, f"{n}_proj").weight for n in "qkv"}
adam = torch.optim.Adam(model.parameters(), lr=0.01)

losses, slopes = [], []
for step in range(31):
    loss = cross_entropy(model(words, asked), answer)
    adam.zero_grad()
    loss.backward()
    losses.append(loss.item())
    norms = {n: w.grad.norm() for n, w in matrices.items()}
    slopes.append({n: norm.item() for n, norm in norms.items()})
    if step % 10 == 0:
        lengths = [f"{n} {s:.2f}" for n, s in slopes[-1].items()]
        print(f"step {step:2}  loss {losses[-1]:.2f}", end="  ")
        print("gradients", "  ".join(lengths))
    adam.step()
