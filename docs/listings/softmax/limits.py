import numpy as np

steps = np.arange(-800, 800)
above, below = {}, {}
for dtype in (np.float16, np.float32, np.float64):
    name = dtype.__name__
    limit = float(np.finfo(dtype).max)
    with np.errstate(all="ignore"):
        powers = np.exp(steps.astype(dtype))
    above[name] = np.log(limit)  # above this, exp is infinite
    below[name] = steps[powers == 0].max()  # from here down, zero
    print(f"{name}  infinite above {above[name]:.2f}", end="  ")
    print(f"zero from {below[name]} down")

scores = np.array([1001.0, 1000, 999])
powers = np.exp(scores - scores.max())
weights = powers / powers.sum()
print("shifted", powers.round(3).tolist(), weights.round(3).tolist())
