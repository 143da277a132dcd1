# PyTorch is an extra of the package: pip install '.[torch]'
import torch

from attention.nn.language_model import LanguageModel, generate

torch.manual_seed(0)
n_prompt, n_new = 5, 20
model = LanguageModel(n_tokens=97)  # not trained: it babbles
prompt = torch.randint(97, (3, n_prompt))

enter = []  # how many tokens of a text each step sends in


def count(model, inputs):
    enter.append(inputs[0].shape[1])


model.register_forward_pre_hook(count)
with_cache = generate(model, prompt, n_new)
steps_with, enter[:] = list(enter), []
without = generate(model, prompt, n_new, use_cache=False)
steps_without = list(enter)

same = torch.equal(with_cache, without)
print("same tokens:", same)
print("with a cache:", *steps_with[:4], "...", steps_with[-1])
print("without:     ", *steps_without[:4], "...", steps_without[-1])
print("in all:", sum(steps_with), "against", sum(steps_without))
caches = model.empty_caches(batch=3, capacity=n_prompt + n_new)
cache_bytes = sum(cache.nbytes for cache in caches)
print(len(caches), "caches,", f"{cache_bytes:,} bytes")
