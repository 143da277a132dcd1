import numpy as np

d, base, trained, factor = 128, 10_000, 4096, 8
exponents = 2 * np.arange(d // 2) / d
speeds = base**-exponents  # radians per token
turns = trained * speeds / (2 * np.pi)  # during training
slow = turns < 1

keep = np.clip((turns - 1) / (32 - 1), 0, 1)  # YaRN's thresholds
larger = base * factor ** (d / (d - 2))
ways = {
    "nothing": speeds,
    "divided": speeds / factor,
    "base": larger**-exponents,
    "YaRN": keep * speeds + (1 - keep) * speeds / factor,
}
first, beyond = {}, {}
for name, changed in ways.items():
    first[name] = changed[0]
    reached = changed * factor / speeds  # compared with training
    beyond[name] = int((slow & (reached > 1 + 1e-9)).sum())
    print(f"{name:8} first pair {changed[0]:.3f} radians per token,")
    print(f"         {beyond[name]} pairs at new angles")

kept, divided = int((keep == 1).sum()), int((keep == 0).sum())
sharper = (0.1 * np.log(factor) + 1) ** 2  # YaRN: for all scores
print("YaRN keeps", kept, "pairs and divides", divided)
print("its factor for the scores:", sharper.round(3))
