from math import erfc, lgamma, sqrt

import numpy as np

rng = np.random.default_rng(0)
limit, draws = 100, 4_000_000
exact, normal, seen = {}, {}, {}
for d in (64, 768):
    # q·k is normal with spread |q| once q is known: average over |q|.
    r = np.linspace(1e-3, 3 * sqrt(d), 20_001)
    log = (d - 1) * np.log(r) - r * r / 2
    density = np.exp(log - (d / 2 - 1) * np.log(2) - lgamma(d / 2))
    tails = np.array([erfc(limit / (sqrt(2) * x)) for x in r])
    exact[d] = (density * tails).sum() * (r[1] - r[0])
    normal[d] = erfc(limit / sqrt(2 * d))
    lengths = np.sqrt(rng.chisquare(d, draws))
    scores = lengths * rng.standard_normal(draws)
    seen[d] = int((abs(scores) > limit).sum())
    print(f"d = {d:3}  exact {exact[d]:.1e}", end="  ")
    print(f"normal {normal[d]:.1e}  seen {seen[d]} of {draws}")
