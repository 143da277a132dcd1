import numpy as np

from attention.softmax import softmax

rng = np.random.default_rng(0)
n_q, n_k, tables = 8, 16, 2000
top, median, mean, highest, tenth = {}, {}, {}, {}, {}
for d in (64, 1024):
    ways = {("raw", d): 1, ("scaled", d): d**-0.5}
    sizes, tops = {way: [] for way in ways}, {way: [] for way in ways}
    for _ in range(tables // 200):
        Q = rng.standard_normal((200, n_q, d))
        K = rng.standard_normal((200, n_k, d))
        g = rng.standard_normal((200, n_q, n_k))
        g /= np.linalg.norm(g, axis=-1, keepdims=True)
        for way, scale in ways.items():
            p = softmax(scale * Q @ K.mT)
            back = p * (g - (p * g).sum(axis=-1, keepdims=True))
            gradient = scale * back @ K  # one row a query
            sizes[way].append(np.linalg.norm(gradient, axis=-1))
            tops[way].append(p.max(axis=-1))
    for way in ways:
        found = np.sort(np.ravel(sizes[way]))
        top[way] = np.mean(tops[way])
        median[way], mean[way] = np.median(found), found.mean()
        highest[way] = found[-1]
        tenth[way] = found[-found.size // 10 :].sum() / found.sum()
        print(*way, f"- largest weight {top[way]:.2f}")
        print(f"  median {median[way]:.1e}, mean {mean[way]:.3f}", end=", ")
        print(f"highest {highest[way]:.2f}, top tenth {tenth[way]:.0%}")
