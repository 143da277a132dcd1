# PyTorch is an extra of the package: pip install '.[torch]'
import torch

from attention.nn.encoder import Encoder
from attention.nn.tasks import encode, english_sentences, make_task

torch.set_num_threads(1)
torch.manual_seed(0)
task = make_task(english_sentences())
words, asked, answer = encode(task.training[:64], task.vocabulary)
model = Encoder(len(task.vocabulary), words.shape[1]).double()
second = model.layers[1]
matrices = {name: getattr(second, f"{name}_proj").weight for name in "qkv"}
adam = torch.optim.Adam(model.parameters(), lr=0.01)

losses, slopes = [], []
for step in range(31):
    loss = torch.nn.functional.cross_entropy(model(words, asked), answer)
    adam.zero_grad()
    loss.backward()
    losses.append(loss.item())
    slopes.append({n: w.grad.norm().item() for n, w in matrices.items()})
    if step % 10 == 0:
        lengths = "  ".join(f"{n} {s:.2f}" for n, s in slopes[-1].items())
        print(f"step {step:2}  loss {losses[-1]:.2f}  gradients {lengths}")
    adam.step()
