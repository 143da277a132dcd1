n, d, block_q = 8_192, 128, 64  # one head, no mask
half, single = 2, 4  # bytes

programs = n // block_q
lines = {
    "q = query.load": programs * block_q * d * half,
    "k = key.load": programs * n * d * half,
    "v = value.load": programs * n * d * half,
    "output.store": programs * block_q * d * half,
    "tl.store(lse)": programs * block_q * single,
}
for line, moved in lines.items():
    print(f"{line:16}{moved / 1e6:8.2f} MB")
asked_mb = sum(lines.values()) / 1e6
needed_mb = (4 * n * d * half + n * single) / 1e6
print(f"{'asked for':16}{asked_mb:8.2f} MB by {programs} programs")
print(f"{'needed':16}{needed_mb:8.2f} MB in and out")
flops = 4 * n * n * d
asked, needed = flops / asked_mb / 1e6, flops / needed_mb / 1e6
print(f"{asked:.0f} FLOP/byte asked for, {needed:,.0f} needed")
