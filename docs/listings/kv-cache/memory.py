number_bytes = 2  # float16 or bfloat16
models = {  # layers, heads of queries, of keys and values, width
    "GPT-2-small": (12, 12, 12, 64),
    "Falcon-7B": (32, 71, 1, 64),
    "Qwen3-0.6B": (28, 16, 8, 128),
    "Llama-3-8B": (32, 32, 8, 128),
    "Qwen3-8B": (36, 32, 8, 128),
}
token_bytes, saving = {}, {}
for name, (layers, heads, kv_heads, d_k) in models.items():
    token_bytes[name] = layers * kv_heads * (d_k + d_k) * number_bytes
    saving[name] = heads / kv_heads

latent = (61, 128, 128, 512, 64)  # DeepSeek-V3
layers, heads, d_head, d_latent, d_rotary = latent
in_full = layers * heads * (d_head + d_rotary + d_head) * number_bytes
size = layers * (d_latent + d_rotary) * number_bytes
token_bytes["DeepSeek-V3"] = size
saving["DeepSeek-V3"] = in_full / size
for name, size in token_bytes.items():
    print(f"{name:12}{size:>8,} bytes a token, 1/{saving[name]:.1f}")

llama = {kv: 32 * kv * 2 * 128 * number_bytes for kv in (32, 8, 1)}
n, window = 32_768, 4_096
full_gb = {kv: n * size / 1e9 for kv, size in llama.items()}
window_gb = window * llama[8] / 1e9
latent_gb = n * 32 * (d_latent + d_rotary) * number_bytes / 1e9
print("Llama-3-8B at", f"{n:,} tokens, in GB")
for kv, size in full_gb.items():
    print(f"  heads of keys and values {kv:2}: {size:.2f}")
print(f"  a latent vector: {latent_gb:.2f}")
print(f"  a window of {window:,} tokens: {window_gb:.2f}")
