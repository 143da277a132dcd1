import numpy as np

bits = {"bfloat16": 8, "float16": 11, "float32": 24}
lost = {name: 2**b + 1 for name, b in bits.items()}
for name, place in lost.items():
    print(f"{name:8s} cannot hold {place}")

positions = np.arange(2048, 2053)
print(positions.astype("float16").astype(int).tolist())
assert np.float16(2049) == np.float16(2048)  # two tokens, one place

d = 128
far = np.arange(100_000, 131_072)[:, None]
speeds = 10_000.0 ** (-np.arange(0, d, 2) / d)
exact = far * speeds
single = far.astype("float32") * speeds.astype("float32")
error = float(abs(single - exact).max())
degrees = float(np.degrees(error))
print(f"float32: off by up to {error:.4f} rad, {degrees:.2f} degrees")
assert error > 0.001
