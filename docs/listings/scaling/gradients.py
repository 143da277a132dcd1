import numpy as np

from attention.softmax import softmax

rng = np.random.default_rng(0)
n_q, n_k = 8, 16
top, median_s, mean_s, median, mean, highest = {}, {}, {}, {}, {}, {}


def lengths(rows):
    return np.linalg.norm(rows, axis=-1)


for d in (64, 1024):
    ways = {("raw", d): 1, ("scaled", d): d**-0.5}
    p_of, s_of, q_of = ({way: [] for way in ways} for _ in range(3))
    for _ in range(10):
        Q = rng.standard_normal((200, n_q, d))
        K = rng.standard_normal((200, n_k, d))
        g = rng.standard_normal((200, n_q, n_k))
        g /= lengths(g)[..., np.newaxis]  # length one
        for way, scale in ways.items():
            p = softmax(scale * Q @ K.mT)
            at_scores = p * (g - (p * g).sum(axis=-1, keepdims=True))
            at_queries = scale * at_scores @ K  # one row per query
            p_of[way].append(p.max(axis=-1))
            s_of[way].append(lengths(at_scores))
            q_of[way].append(lengths(at_queries))
    for way in ways:
        top[way], highest[way] = np.mean(p_of[way]), np.max(q_of[way])
        median_s[way] = np.median(s_of[way])
        mean_s[way] = np.mean(s_of[way])
        median[way], mean[way] = np.median(q_of[way]), np.mean(q_of[way])
        print(*way, f"- largest weight {top[way]:.2f}")
        print(f"  scores: median {median_s[way]:.1e}", end=" ")
        print(f"mean {mean_s[way]:.3f}")
        print(f"  query:  median {median[way]:.1e}", end=" ")
        print(f"mean {mean[way]:.3f} highest {highest[way]:.2f}")
