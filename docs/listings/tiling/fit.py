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
hbm_gb = 80 * 2**30 / 1e9  # an H100
times = all_gb[-1] / io_gb[-1]
print(f"at {lengths[-1]:,} the tables are {times:.0f} times")
print("what goes in and out")

window_kb = block_q * block_k * 4 / 1e3  # scores in float32
kept_kb = block_q * (d + 2) * 4 / 1e3  # m, l and acc
loaded_kb = (block_q + 2 * block_k) * d * number_bytes / 1e3
print(f"registers: scores {window_kb:.1f} KB", end=", ")
print(f"m, l and acc {kept_kb:.1f} KB")
print(f"shared memory: blocks of Q, K and V {loaded_kb:.1f} KB")
