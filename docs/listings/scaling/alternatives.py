import numpy as np

rng = np.random.default_rng(0)
d_model, n = 256, 400
names = "root", "muP", "T5", "qk_norm"
spread = {name: {} for name in names}


def rms_norm(x):
    return x / np.sqrt((x * x).mean(axis=-1, keepdims=True))


for d_k in (16, 64, 256):
    X = rng.standard_normal((n, d_model))
    W_q, W_k = rng.standard_normal((2, d_model, d_k)) / d_model**0.5
    Q, K = X @ W_q, X @ W_k
    smaller = X @ (W_q / d_k**0.5)  # T5 starts so
    found = {
        "root": Q @ K.T / d_k**0.5,
        "muP": Q @ K.T / d_k,
        "T5": smaller @ K.T,
        "qk_norm": rms_norm(Q) @ rms_norm(K).T / d_k**0.5,
    }
    print(f"d_k = {d_k}")
    for name, scores in found.items():
        spread[name][d_k] = scores.std()
        print(f"  {name:8} spread {scores.std():.2f}")
