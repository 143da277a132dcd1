n, d = 1000, 768
d_h = d

product = 2 * n * n * d  # every query with every key
flops = {
    "dot": product,
    "cosine": product + 2 * n * (3 * d + 1),  # lengths, division
    "distance": product + 2 * 2 * n * d + 3 * n * n,
    "bilinear": product + 2 * n * d * d,  # q W, once per query
    "additive": 2 * 2 * n * d * d_h + 3 * n * n * d_h,
}
parameters = dict.fromkeys(flops, 0)
parameters |= {"cosine": 1}  # what multiplies it before softmax
parameters |= {"bilinear": d * d, "additive": 2 * d * d_h + d_h}
tanh = dict.fromkeys(flops, 0) | {"additive": n * n * d_h}
held = dict.fromkeys(flops, 0)  # numbers, beside inputs and scores
held |= {"cosine": 2 * n * d, "distance": 2 * n}
held |= {"bilinear": n * d, "additive": 2 * n * d_h + n * n * d_h}

relative = {name: count / product for name, count in flops.items()}
held_mb = {name: 4 * count / 1e6 for name, count in held.items()}
print("score    parameters   FLOPs  MB held  million tanh")
for name in flops:
    print(
        f"{name:8} {parameters[name]:10,} {relative[name]:7.3f}",
        f"{held_mb[name]:8.1f} {tanh[name] / 1e6:8,.0f}",
    )
scores_mb = 4 * n * n / 1e6
w_q_and_w_k = 2 * d * d
pairwise = n * n * (2 * d * d + 2 * d)  # q W again for every pair
wasted = pairwise / flops["bilinear"]
print("scores", scores_mb, "MB; W_q and W_k", f"{w_q_and_w_k:,}")
print("bilinear, pair by pair:", round(wasted), "times the FLOPs")
