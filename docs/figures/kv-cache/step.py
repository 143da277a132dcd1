"""What one step of decoding reads, in GB: parameters once, caches once for each text."""

from draw import line, rectangle, svg, text

PARAMETERS_GB = 7_504_924_672 * 2 / 1e9
CACHED_GB = 131_072 / 1e9  # per token of a text
LENGTHS, BATCHES = (1_024, 8_192, 32_768), (1, 4, 16)
LEFT, TOP, HEIGHT, BAR, GAP = 46, 40, 300, 50, 26
MOST = 90

scale = HEIGHT / MOST
ground = TOP + HEIGHT
width = LEFT + len(LENGTHS) * (len(BATCHES) * BAR + GAP) + 20
parts = []
for gb in (0, 30, 60, MOST):
    y = ground - gb * scale
    parts.append(f'<g stroke-opacity="0.35">{line((LEFT, y), (width - 20, y), "fig-thin")}</g>')
    parts.append(text((LEFT - 12, y + 7), str(gb), anchor="end"))
parts.append(text((LEFT - 12, TOP - 22), "GB", anchor="end"))
for group, n in enumerate(LENGTHS):
    start = LEFT + GAP + group * (len(BATCHES) * BAR + GAP)
    for place, batch in enumerate(BATCHES):
        x = start + place * BAR
        low, high = PARAMETERS_GB * scale, batch * n * CACHED_GB * scale
        for y, tall, look in ((ground - low, low, "fig-a"), (ground - low - high, high, "fig-b")):
            filled = rectangle((x + 4, y), BAR - 8, tall, f"{look}-fill")
            parts.append(filled)
        total = PARAMETERS_GB + batch * n * CACHED_GB
        top = ground - low - high
        if 5 < top - TOP < 36:  # the highest line would cross the number above the bar
            top = TOP + 3
        parts.append(text((x + BAR / 2, top - 8), f"{total:.1f}"))
        parts.append(text((x + BAR / 2, ground + 26), str(batch)))
    parts.append(text((start + len(BATCHES) * BAR / 2, ground + 58), f"n = {n:,}", "fig-math"))
print(svg(width, ground + 72, parts))
