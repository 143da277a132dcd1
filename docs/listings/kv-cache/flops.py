def step_flops(t, d, cached):
    """Token number t comes into one attention layer of width d."""
    asking = 1 if cached else t  # tokens that pass through the layer
    projections = 4 * asking * 2 * d * d  # to Q, K, V, and back
    attention = 2 * asking * t * 2 * d  # scores, then mixtures
    return projections, attention


n, d = 1000, 768
total = {True: [0, 0], False: [0, 0]}
for t in range(1, n + 1):
    for cached, sums in total.items():
        for part, flops in enumerate(step_flops(t, d, cached)):
            sums[part] += flops
step = sum(step_flops(n, d, False)) / sum(step_flops(n, d, True))
saved = [a / b for a, b in zip(total[False], total[True], strict=True)]
triangle = sum(2 * t * (t + 1) * d for t in range(1, n + 1))
half = triangle / total[True][1]  # hidden scores left out

print(f"FLOPs without a cache over FLOPs with it, {n} tokens")
print(f"  the last step        {step:.1f}")
print(f"  all, projections     {saved[0]:.1f}")
print(f"  all, attention       {saved[1]:.1f}")
print(f"  the same, hidden scores left out {half:.1f}")
