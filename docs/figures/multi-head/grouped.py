"""Which query head reads which head of keys and values: six of them, two, one."""

from draw import line, rectangle, svg, text

N_HEADS, SIDE, STEP, TOP, FLOOR = 6, 22, 27, 16, 104
LOOKS = ["fig-a", "fig-b", "fig-c", "fig-a", "fig-b", "fig-c"]
parts = [
    text((22, TOP + 18), "q", "fig-math"),
    text((22, FLOOR + 18), "k, v", "fig-math"),
]
for place, n_kv_heads in enumerate([6, 2, 1]):
    left = 56 + place * 182
    group = N_HEADS // n_kv_heads
    for k in range(n_kv_heads):
        middle = left + (k * group + (group - 1) / 2) * STEP + SIDE / 2
        for h in range(k * group, (k + 1) * group):
            x = left + h * STEP
            parts.append(line((x + SIDE / 2, TOP + SIDE), (middle, FLOOR), LOOKS[k]))
            parts.append(rectangle((x, TOP), SIDE, SIDE, f"{LOOKS[k]}-fill"))
        parts.append(rectangle((middle - SIDE / 2, FLOOR), SIDE, SIDE, f"{LOOKS[k]}-fill"))
    centre = left + (N_HEADS - 1) * STEP / 2 + SIDE / 2
    parts.append(text((centre, FLOOR + SIDE + 34), f"{N_HEADS} : {n_kv_heads}"))
print(svg(590, FLOOR + SIDE + 46, parts))
