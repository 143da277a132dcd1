number_bytes = 2  # float16 or bfloat16
layers, heads, kv_heads, d_k = 32, 32, 8, 128  # Llama-3-8B
d_model, d_hidden, vocabulary = 4_096, 14_336, 128_256

projections = 2 * d_model * d_k * (heads + kv_heads)
feed_forward = 3 * d_model * d_hidden
norms = 2 * d_model
layer = projections + feed_forward + norms
logits = d_model + vocabulary * d_model  # the last norm goes before
parameters = layers * layer + logits
parameters_gb = parameters * number_bytes / 1e9
cached_bytes = layers * kv_heads * 2 * d_k * number_bytes
print(f"{parameters:,} parameters, {parameters_gb:.1f} GB")

lengths, batches = [1_024, 8_192, 32_768], [1, 4, 16]
step_gb, share = {}, {}
for n in lengths:
    for batch in batches:
        caches_gb = batch * n * cached_bytes / 1e9
        step_gb[n, batch] = parameters_gb + caches_gb
        share[n, batch] = caches_gb / step_gb[n, batch]
        print(f"{batch:2} x {n:6,} tokens: {step_gb[n, batch]:5.1f} GB")
equal = round(parameters * number_bytes / cached_bytes)
print(f"caches as large as the parameters: {equal:,} tokens")

pair_flops = layers * heads * 4 * d_k  # a score, then its share
for kv in (heads, kv_heads, 1):
    read = layers * kv * 2 * d_k * number_bytes
    print(f"{kv:2} KV heads, for each cached token:", end=" ")
    print(f"{pair_flops:,} FLOPs, {read:,} bytes")
