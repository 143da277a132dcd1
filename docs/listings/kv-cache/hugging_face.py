# transformers is an extra of the package: pip install '.[transformers]'
import torch
from transformers import LlamaConfig, LlamaForCausalLM

from attention.integrations.transformers import register

sizes = {"hidden_size": 32, "intermediate_size": 64, "vocab_size": 101}
heads = {"num_attention_heads": 4, "num_key_value_heads": 2}
config = LlamaConfig(**sizes, **heads, num_hidden_layers=2)
config.initializer_range, config.eos_token_id = 0.2, None
torch.manual_seed(0)
model = LlamaForCausalLM(config).eval()  # random parameters
prompt = torch.tensor([[3, 14, 15, 92, 65]])

model.set_attn_implementation("eager")  # their own readable code
logits = model(prompt).logits
theirs = model.generate(prompt, max_new_tokens=6)

register()
model.set_attn_implementation("checked_attention")  # ours
error = (model(prompt).logits - logits).abs().max().item()
cached = model.generate(prompt, max_new_tokens=6)
uncached = model.generate(prompt, max_new_tokens=6, use_cache=False)

print("same logits to rounding:", error < 2e-5)
print("they write:", theirs[0].tolist())
print("we write:  ", cached[0].tolist())
print("without a cache the same:", torch.equal(cached, uncached))
