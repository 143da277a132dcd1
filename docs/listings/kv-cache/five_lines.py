# transformers is an extra of the package: pip install '.[transformers]'
import torch
from transformers import LlamaConfig, LlamaForCausalLM

from attention.integrations.transformers import register

sizes = {"hidden_size": 32, "intermediate_size": 64, "vocab_size": 101}
config = LlamaConfig(**sizes, num_hidden_layers=2)
torch.manual_seed(0)

register()
model = LlamaForCausalLM(config)  # random parameters
model.set_attn_implementation("checked_attention")
text = model.generate(torch.tensor([[3, 14, 15]]), max_new_tokens=4)
print(text.tolist())
