import numpy as np

rng = np.random.default_rng(0)
d_k, d_in, draws = 64, 768, 50_000
mean, variance = {}, {}


def note(case, scores):
    mean[case], variance[case] = scores.mean(), scores.var()
    print(f"{case:9} mean {scores.mean():6.2f}", end="  ")
    print(f"variance {scores.var():6.1f}")


Q, K = rng.standard_normal((2, draws, d_k))
note("as agreed", (Q * K).sum(axis=1))
note("mean one", ((Q + 1) * (K + 1)).sum(axis=1))
note("q = k", (Q * Q).sum(axis=1))

edge = d_in**-0.5  # torch.nn.Linear starts between -edge and +edge
tables = []
for _ in range(20):  # fresh parameters each time
    X = rng.standard_normal((200, d_in))
    W_q, W_k = rng.uniform(-edge, edge, (2, d_in, d_k))
    b_q, b_k = rng.uniform(-edge, edge, (2, d_k))
    tables.append((X[:100] @ W_q + b_q) @ (X[100:] @ W_k + b_k).T)
note("Linear", np.array(tables))
print("a ninth of d_k", round(d_k / 9, 2))

# One query with many keys: what softmax sees of a mean of one.
rows = (Q[:500] + 1) @ (K[:500] + 1).T
within = rows.var(axis=1).mean()
print("mean one, within a row", within.round(1))
