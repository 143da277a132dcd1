import numpy as np

rng = np.random.default_rng(0)
error, spread, spread_wrong, correlation = {}, {}, {}, {}
sizes = (4, 64)
for n in sizes:  # n_k = d_k = n
    draws = 2_000_000 // n**2
    queries, keys = rng.standard_normal((2, draws, n, n))
    right, wrong = queries @ keys.mT, queries @ keys
    error[n] = abs(wrong - right).max(axis=(1, 2)).mean()
    spread[n], spread_wrong[n] = right.std(), wrong.std()
    correlation[n] = (right * wrong).mean() / (right * right).mean()
    print(f"n_k = d_k = {n}")
    print(f"  largest error in a table, mean {error[n]:.1f}")
    print(f"  standard deviation: right {spread[n]:.2f}", end=", ")
    print(f"wrong {spread_wrong[n]:.2f}")
    print(f"  correlation {correlation[n]:.3f}")
