"""How much is measured."""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Sizes:
    """What the sections take; lengths in tokens."""

    rounds: int = 15
    checks_every: int = 1  # one of so many cases
    copied_bytes: int = 2 * 10**9
    product: int = 8192
    prefill_tokens: int = 16_384
    prefill_width: int = 2048
    prefill_d: tuple[int, ...] = (64, 128)
    prefill_lengths: tuple[int, ...] = (1024, 2048, 4096, 8192, 16_384)
    decode_batches: tuple[int, ...] = (1, 16)
    decode_lengths: tuple[int, ...] = tuple(1024 * 2**i for i in range(8))
    decode_heads: int = 32
    decode_kv_heads: int = 8
    decode_d: int = 128
    memory_d: int = 128
    memory_lengths: tuple[int, ...] = tuple(1024 * 2**i for i in range(6))
    scores_n: int = 1000
    scores_d: int = 768
    scores_pairs: int = 2**16  # so many at once, where each pair is on its own


WHOLE = Sizes()
QUICK = replace(
    WHOLE,
    rounds=3,
    checks_every=5,
    prefill_lengths=(1024, 4096, 16_384),
    decode_lengths=(1024, 8192, 131_072),
    memory_lengths=(1024, 4096, 16_384),
)
# Where the program itself is tried, without a GPU.
TINY = Sizes(
    rounds=3,
    checks_every=12,
    copied_bytes=4000,
    product=16,
    prefill_tokens=32,
    prefill_width=256,
    prefill_lengths=(8, 16),
    decode_batches=(1, 2),
    decode_lengths=(8, 32),
    decode_heads=4,
    decode_kv_heads=2,
    decode_d=64,
    memory_lengths=(8, 16, 512),
    scores_n=13,
    scores_d=11,
    scores_pairs=29,
)
