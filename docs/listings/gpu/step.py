memory, arithmetic = 4.8e12, 989e12  # bytes and FLOPs per second
parameters = 7_504_924_672  # that a step of Llama-3-8B reads
layers, heads, kv_heads, d = 32, 32, 8, 128
n = 8_192  # tokens in each text


def least_ms(flops, moved):
    """What arithmetic takes, or memory if that is longer."""
    return max(flops / arithmetic, moved / memory) * 1e3


print("texts  parameters  caches    step  per token")
step_ms, token_ms, caches_ms = {}, {}, {}
for batch in (1, 16, 64):
    for_parameters = least_ms(2 * parameters * batch, 2 * parameters)
    pairs = batch * layers * n  # of a query position and a key
    flops, moved = 4 * heads * pairs * d, 2 * 2 * kv_heads * pairs * d
    caches_ms[batch] = least_ms(flops, moved)
    step_ms[batch] = for_parameters + caches_ms[batch]
    token_ms[batch] = step_ms[batch] / batch
    print(f"{batch:5}{for_parameters:9.2f} ms{caches_ms[batch]:6.2f} ms", end="")
    print(f"{step_ms[batch]:6.2f} ms{token_ms[batch]:8.2f} ms")
ridge = arithmetic / memory
print(f"parameters: bound by memory below {ridge:.0f} texts")
