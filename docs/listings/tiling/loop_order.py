def moved(n, d, block_q, block_k, queries_outside):
    """Count the numbers that pass between HBM and the chip."""
    q_blocks, k_blocks = n // block_q, n // block_k
    numbers = 0
    if queries_outside:
        for _ in range(q_blocks):
            numbers += block_q * d  # a block of Q comes in
            for _ in range(k_blocks):
                numbers += 2 * block_k * d  # blocks of K and V
            numbers += block_q * d  # and of O goes out, finished
    else:
        for _ in range(k_blocks):
            numbers += 2 * block_k * d  # blocks of K and V come in
            for _ in range(q_blocks):
                numbers += 2 * block_q * d  # blocks of Q and of O
                numbers += block_q * d  # O goes out, unfinished
    return numbers


b, d = 128, 128
in_figure = [moved(4 * b, d, b, b, o) // (b * d) for o in (False, True)]
n, heads_mb = 8_192, []
for queries_outside in (False, True):
    numbers = moved(n, d, b, b, queries_outside)
    heads_mb.append(2 * numbers / 1e6)  # two bytes a number
whole_mb = (4 * n * n + 4 * n * d) * 2 / 1e6
print("blocks moved, four by four:", *in_figure)
print(f"{n:,} tokens, keys outside:    {heads_mb[0]:.1f} MB")
print(f"{n:,} tokens, queries outside: {heads_mb[1]:.1f} MB")
print(f"{n:,} tokens, the whole table: {whole_mb:.1f} MB")
