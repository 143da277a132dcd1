number_bytes = 2  # float16 or bfloat16
heads, kv_heads, d = 32, 8, 128  # one layer of Llama-3-8B
block_q, block_k = 128, 128
lengths = [4_096, 16_384, 32_768, 65_536, 131_072]

print("GB          one head  all heads  Q, K, V, O")
one_gb, all_gb, io_gb = [], [], []
for n in lengths:
    table = n * n * number_bytes
    inputs = n * (heads + 2 * kv_heads) * d * number_bytes
    output = n * heads * d * number_bytes
    one_gb.append(table / 1e9)
    all_gb.append(heads * table / 1e9)
    io_gb.append((inputs + output) / 1e9)
    print(f"{n:>9,}{one_gb[-1]:>11.2f}", end="")
    print(f"{all_gb[-1]:>11.2f}{io_gb[-1]:>12.2f}")
block_kb = block_q * block_k * 4 / 1e3  # of float32
kept = block_q * (d + 2) * 4 / 1e3  # z, m and l of its queries
print(f"one block of scores {block_kb:.0f} KB", end=", ")
print(f"what is kept for its queries {kept:.0f} KB")
times = all_gb[-1] / io_gb[-1]
print(f"at {lengths[-1]:,} the tables are {times:.0f} times")
print("what goes in and out")
