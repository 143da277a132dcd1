from attention.kv_cache import cached_attention_cost

number_bytes = 2  # float16 or bfloat16
layers, heads, kv_heads, d_k = 32, 32, 8, 128  # Llama-3-8B
d_model, d_hidden, vocabulary = 4_096, 14_336, 128_256

projections = 2 * d_model * d_k * (heads + kv_heads)
feed_forward = 3 * d_model * d_hidden
norms = 2 * d_model
logits = d_model + vocabulary * d_model  # the last norm goes before
parameters = layers * (projections + feed_forward + norms) + logits
parameters_gb = parameters * number_bytes / 1e9
print(f"{parameters:,} parameters, {parameters_gb:.1f} GB")


def one_text(n, kv_heads):
    """FLOPs of attention, and bytes of the cache that are read."""
    cost = cached_attention_cost(1, n, heads, kv_heads, d_k, d_k)
    read = cost.numbers_read * number_bytes
    return layers * cost.flops, layers * read


lengths, batches = [1_024, 8_192, 32_768], [1, 4, 16]
step_gb, share = {}, {}
for n in lengths:
    for batch in batches:
        caches_gb = batch * one_text(n, kv_heads)[1] / 1e9
        step_gb[n, batch] = parameters_gb + caches_gb
        share[n, batch] = caches_gb / step_gb[n, batch]
        print(f"{batch:2} x {n:6,} tokens: {step_gb[n, batch]:5.1f} GB")

more = {}  # for each token in the cache
for kv in (heads, kv_heads, 1):
    pairs = zip(one_text(1, kv), one_text(0, kv), strict=True)
    more[kv] = [one - none for one, none in pairs]
    flops, size = more[kv]
    print(f"{kv:2} KV heads: {flops:,} FLOPs, {size:,} bytes more")
pair_flops, cached_bytes = more[kv_heads]
equal = round(parameters * number_bytes / cached_bytes)
print(f"caches as large as the parameters: {equal:,} tokens")
