import numpy as np

from attention import scaled_dot_product_attention

rng = np.random.default_rng(0)
n, heads, d_head, d_latent, d_rotary = 50, 8, 16, 24, 4
C = rng.standard_normal((n, d_latent))  # kept, for all heads
R = rng.standard_normal((n, d_rotary))  # kept: keys with positions
W_k, W_v = rng.standard_normal((2, heads, d_latent, d_head))
q = rng.standard_normal((heads, 1, d_head))
q_r = rng.standard_normal((heads, 1, d_rotary))
scale = (d_head + d_rotary) ** -0.5


def attend(q, K, V):
    rotary = np.broadcast_to(R, (*K.shape[:-1], d_rotary))
    query = np.concatenate([q, q_r], axis=-1)
    key = np.concatenate([K, rotary], axis=-1)
    return scaled_dot_product_attention(query, key, V, scale=scale)


made = attend(q, C @ W_k, C @ W_v)  # a key and a value for each head
absorbed = attend(q @ W_k.mT, C, C) @ W_v  # none for any
print("the same:", np.allclose(made, absorbed, rtol=1e-12))

heads, d_head, d_latent, d_rotary = 128, 128, 512, 64  # DeepSeek-V3
through = heads * 2 * 2 * d_latent * d_head  # W_k, and W_v
pair_made = heads * 2 * (d_head + d_rotary + d_head)
pair_absorbed = heads * 2 * (d_latent + d_rotary + d_latent)
latent_bytes = 2 * (d_latent + d_rotary)
intensity = pair_absorbed / latent_bytes
print(f"through the matrices {through:,} FLOPs", end=", ")
print(f"a pair {pair_made:,} or {pair_absorbed:,}")
n = 8_192
made_flops = n * through + n * pair_made
absorbed_flops = through + n * pair_absorbed
fewer = made_flops / absorbed_flops
print(f"one step after {n:,} tokens: {fewer:.0f} times fewer absorbed")
print(f"absorbed, {intensity:.0f} FLOPs for each byte that is read")
