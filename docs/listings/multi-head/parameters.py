def count(d_model, n_heads, n_kv_heads, bias=True):
    kv_width = n_kv_heads * (d_model // n_heads)
    widths = d_model, kv_width, kv_width, d_model  # q, k, v, o
    return sum(d_model * width + bias * width for width in widths)


d_model, n_heads = 768, 12
d_k = d_model // n_heads
print(n_heads, "heads of", d_k, "make", n_heads * d_k)
matrices = count(d_model, n_heads, n_heads, bias=False)
with_bias = count(d_model, n_heads, n_heads)
one_head = count(d_model, 1, 1)
print(f"four matrices {matrices:,}, with biases {with_bias:,}")
print(f"as one head {one_head:,}")

choices, for_heads, stored = (12, 4, 1), {}, {}
for n_kv_heads in choices:
    for_heads[n_kv_heads] = count(d_model, n_heads, n_kv_heads)
    stored[n_kv_heads] = 2 * n_kv_heads * d_k  # K and V, a token
    print(f"heads of keys {n_kv_heads:2}:", end=" ")
    print(f"{for_heads[n_kv_heads]:9,} parameters", end=" ")
    print(f"{stored[n_kv_heads]:5,} numbers a token")
