import numpy as np

rng = np.random.default_rng(0)
heads, kv_heads, n, d = 32, 8, 512, 128
group = heads // kv_heads
query = rng.standard_normal((heads, d))
key = rng.standard_normal((kv_heads, n, d))

one = np.stack([key[h // group] @ query[h] for h in range(heads)])
together = query.reshape(kv_heads, group, d) @ key.mT
same = np.allclose(together.reshape(heads, n), one)
print("the same scores:", same)
print(f"each key is read {len(one) // kv_heads} times", end=", ")
print(f"packed {len(together) // kv_heads}")
rows = max(16, group)  # the least that a tensor core takes
print(f"{group} of {rows} rows in use: {group / rows:.0%}")
