def count(n_q, n_k, offset, block_q, block_k):
    """Return how many blocks are full, cut by the diagonal, empty."""
    full = cut = empty = 0
    for i in range(0, n_q, block_q):
        last = min(i + block_q, n_q) - 1
        for j in range(0, n_k, block_k):
            end = min(j + block_k, n_k) - 1
            if j > last + offset:  # even the last query is too early
                empty += 1
            elif end <= i + offset:  # the first sees all of it
                full += 1
            else:
                cut += 1
    return full, cut, empty


whole, chunk, side = (16, 16, 0), (8, 20, 12), 4  # as drawn
drawn = [count(*sizes, side, side) for sizes in (whole, chunk)]
print("full, cut, empty:", *drawn)
block_q, block_k = 128, 256
lengths, share = [1_024, 8_192, 65_536], []
for n in lengths:
    full, cut, empty = count(n, n, 0, block_q, block_k)
    share.append((full + cut) / (full + cut + empty))
    print(f"{n:6,} tokens: {full} full, {cut} cut", end="  ")
    print(f"computed {share[-1]:.1%}")
