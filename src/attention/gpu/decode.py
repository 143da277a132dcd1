"""A few new queries against a long cache: the keys are split, and the parts are merged."""

from typing import Any

import torch
import triton
import triton.language as tl
from jaxtyping import Float, Int
from torch import Tensor

from attention.gpu._launch import LN_2, LOG2_E, blocks_of, require_heads, scale_of
from attention.gpu._requirements import MOST_ROWS
from attention.gpu.forward import _absorb

__all__ = ["flash_decode", "splits_of"]

LEAST_KEYS = 128  # of a part: fewer are not worth another row of results
MERGE_WARPS = 8


@triton.jit
def _decode(
    query, key, value, lengths, output, lse,
    n_batch, n_heads, group, n_q, capacity, n_parts, scale,
    D: tl.constexpr, ROWS: tl.constexpr, BLOCK_K: tl.constexpr, LN_2: tl.constexpr,
):  # fmt: skip
    """Answer all queries that share one head of keys, from one part of these keys."""
    part, place = tl.program_id(0) % n_parts, tl.program_id(0) // n_parts
    batch, kv_head = place // (n_heads // group), place % (n_heads // group)
    length = capacity
    if lengths is not None:
        length = tl.minimum(tl.load(lengths + batch), capacity)
    rows = tl.arange(0, ROWS)  # the queries of a group: all of its first head, of its second, ...
    used = rows < group * n_q
    place = (batch.to(tl.int64) * n_heads + kv_head * group) * n_q  # of its first row
    numbers = rows[:, None] * D + tl.arange(0, D)[None, :]
    q = tl.load(query + place * D + numbers, mask=used[:, None], other=0.0)  # reads group * n_q * D

    seen = length - n_q + 1 + rows % n_q  # the queries are the last tokens: the last one sees all
    size = tl.cdiv(tl.cdiv(length, BLOCK_K), n_parts) * BLOCK_K
    first = tl.minimum(part * size, length)
    last = tl.minimum(first + size, length)
    unmasked = tl.maximum(tl.minimum(last, length - n_q + 1) - first, 0) // BLOCK_K * BLOCK_K

    m = tl.full([ROWS], -float("inf"), tl.float32)
    l = tl.zeros([ROWS], tl.float32)
    acc = tl.zeros([ROWS, D], tl.float32)
    m, l, acc = _absorb(
        m, l, acc, q, key, value, batch, kv_head, seen, first, first + unmasked, scale,
        D, BLOCK_K, MASKED=False, UNWRITTEN=False,
    )  # fmt: skip
    m, l, acc = _absorb(
        m, l, acc, q, key, value, batch, kv_head, seen, first + unmasked, last, scale,
        D, BLOCK_K, MASKED=True, UNWRITTEN=True,
    )  # fmt: skip

    l = tl.where(l == 0.0, 1.0, l)  # a part in which nothing is seen gives zeros
    place += part.to(tl.int64) * n_batch * n_heads * n_q  # each part has results of its own
    mixture = (acc / l[:, None]).to(output.dtype.element_ty)
    tl.store(output + place * D + numbers, mixture, mask=used[:, None])  # writes group * n_q * D
    log_sum = m * (scale * LN_2) + tl.log(l)  # from base 2 back to base e
    tl.store(lse + place + rows, log_sum, mask=used)  # writes group * n_q numbers


@triton.jit
def _merge(
    outputs, lses, output, lse, n_rows, n_parts, D: tl.constexpr, PARTS: tl.constexpr
):  # fmt: skip
    """Join all parts of one row, by the rule of ``attention.tiling.merge``."""
    row, parts, features = tl.program_id(0).to(tl.int64), tl.arange(0, PARTS), tl.arange(0, D)
    given = parts < n_parts
    places = parts * n_rows + row  # keys are split for few rows: the product is small
    log_sums = tl.load(lses + places, mask=given, other=-float("inf"))
    mixtures = tl.load(
        outputs + places[:, None] * D + features[None, :], mask=given[:, None], other=0.0
    )  # reads n_parts * D numbers
    m = tl.max(log_sums, 0)
    shift = tl.where(m == -float("inf"), 0.0, m)
    p = tl.exp(log_sums - shift)
    l = tl.sum(p, 0)
    l = tl.where(l == 0.0, 1.0, l)
    acc = tl.sum(p[:, None] * mixtures, 0)
    tl.store(output + row * D + features, (acc / l).to(output.dtype.element_ty))
    tl.store(lse + row, m + tl.log(l))


def flash_decode(
    query: Float[Tensor, "batch n_heads n_q d"],
    key: Float[Tensor, "batch n_kv_heads capacity d"],
    value: Float[Tensor, "batch n_kv_heads capacity d"],
    *,
    lengths: Int[Tensor, "batch"] | None = None,
    scale: float | None = None,
    return_lse: bool = False,
) -> (
    Float[Tensor, "batch n_heads n_q d"]
    | tuple[Float[Tensor, "batch n_heads n_q d"], Float[Tensor, "batch n_heads n_q"]]
):
    """Let the newest tokens see a KV cache, which is read once.

    Decoding has few queries and many keys. So the keys are split over the
    multiprocessors of the GPU, all query heads that share a head of keys
    read it together, and the results of the parts are merged.

    Args:
        query: one per row, of the last ``n_q`` tokens; each sees its own
            key and all before it, and no later one.
            ``n_heads / n_kv_heads * n_q`` is at most 64, and d is 16,
            32, 64 or 128 features.
        key: keys of each sequence from the first place on, those of the
            newest tokens among them; what lies after them has no effect,
            even if it is NaN.
        value: as many values, as wide as the keys.
        lengths: how many keys each sequence has, an int32 on the same
            GPU; if not given, each fills the capacity, and a larger
            number counts as the capacity.
        scale: factor of the scores, positive; ``1 / sqrt(d)`` if not given.
        return_lse: also return the natural logarithm of what each row was
            divided by, as :func:`attention.tiling.tiled_attention` does.

    Returns:
        One row per query; same dtype and device. Asking for a gradient,
        also in forward mode, and vmap raise RuntimeError. Autocast
        changes nothing.
        A query that sees nothing gets zeros. With ``return_lse``, a pair of
        these and of one float32 per query, -inf if it sees nothing.

    Raises:
        TypeError: if the tensors are not on one GPU, not all of one dtype,
            float16, bfloat16 or float32, or lengths is not int32.
        ValueError: if shapes do not fit, d is another width, the queries
            are too many, or scale is not positive and finite.

    Source:
        Split keys: Dao et al. 2023, "Flash-Decoding for long-context
        inference".
    """
    group = require_heads(query, key, value)
    factor = scale_of(scale, query.shape[-1])
    _require_decoding(query, group, lengths)
    output, lse = _FlashDecode.apply(query, key, value, lengths, factor)
    return (output, lse) if return_lse else output


class _FlashDecode(torch.autograd.Function):
    """Tells autograd that there are no gradients: asked for one, it raises, and drops nothing."""

    @staticmethod
    def forward(
        query: Tensor, key: Tensor, value: Tensor, lengths: Tensor | None, scale: float
    ) -> tuple[Tensor, Tensor]:
        return _launch(query, key, value, lengths, scale)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, ...]) -> None:
        """Keep nothing."""

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> Any:
        raise RuntimeError("flash_decode has no gradient; flash_attention has")


def splits_of(batch: int, n_kv_heads: int, n_k: int, n_multiprocessors: int) -> int:
    """Return into how many parts :func:`flash_decode` splits the keys.

    The fewest that keep 95 % of the multiprocessors at work or, if no
    number does, the one that keeps most at work, counted as if each ran
    one program at a time: each part costs a row of partial results to
    write and to read.

    Args:
        batch: number of sequences.
        n_kv_heads: heads of keys and values of each.
        n_k: keys of each sequence, in tokens; a part has at least 128.
        n_multiprocessors: how many multiprocessors the GPU has.

    Returns:
        A number of parts, at least 1.

    Examples:
        >>> splits_of(batch=1, n_kv_heads=8, n_k=8192, n_multiprocessors=132)
        16
        >>> splits_of(batch=16, n_kv_heads=8, n_k=8192, n_multiprocessors=132)
        1
    """

    def busy(parts: int) -> float:
        """Return the share of processors at work, on average until the last one is done."""
        programs = batch * n_kv_heads * parts
        return programs / (-(-programs // n_multiprocessors) * n_multiprocessors)

    counts = range(1, max(1, min(n_k // LEAST_KEYS, n_multiprocessors)) + 1)
    return next((parts for parts in counts if busy(parts) >= 0.95), max(counts, key=busy))


def _launch(
    query: Tensor, key: Tensor, value: Tensor, lengths: Tensor | None, scale: float
) -> tuple[Tensor, Tensor]:
    """Run one program for each part of each head of keys, then merge the parts."""
    batch, n_heads, n_q, d = query.shape
    n_kv_heads, capacity = key.shape[1:3]
    output = torch.empty((batch, n_heads, n_q, d), dtype=query.dtype, device=query.device)
    lse = torch.empty((batch, n_heads, n_q), dtype=torch.float32, device=query.device)
    if capacity == 0 or output.numel() == 0:  # nothing to be seen, or nobody to see it
        return output.zero_(), lse.fill_(-torch.inf)
    rows = max(16, triton.next_power_of_2(n_heads // n_kv_heads * n_q))
    block_k, num_warps, num_stages = configuration(rows, query.dtype)
    parts = splits_of(batch, n_kv_heads, capacity, _processors(query))
    outputs, lses = output, lse
    if parts > 1:
        outputs = torch.empty((parts, *output.shape), dtype=torch.float32, device=lse.device)
        lses = torch.empty((parts, *lse.shape), dtype=torch.float32, device=lse.device)
    with torch.cuda.device_of(query):
        # One axis of programs: the others end at 65,535.
        _decode[(parts * n_kv_heads * batch,)](
            query=query.contiguous(),
            key=blocks_of(key, block_k),
            value=blocks_of(value, block_k),
            lengths=lengths,
            output=outputs,
            lse=lses,
            n_batch=batch,
            n_heads=n_heads,
            group=n_heads // n_kv_heads,
            n_q=n_q,
            capacity=capacity,
            n_parts=parts,
            scale=scale * LOG2_E,
            D=d,
            ROWS=rows,
            BLOCK_K=block_k,
            LN_2=LN_2,
            num_warps=num_warps,
            num_stages=num_stages,
        )
        if parts > 1:
            n_rows = lse.numel()
            _merge[(n_rows,)](
                outputs=outputs,
                lses=lses,
                output=output,
                lse=lse,
                n_rows=n_rows,
                n_parts=parts,
                D=d,
                PARTS=triton.next_power_of_2(parts),
                num_warps=MERGE_WARPS,
            )
    return output, lse


def configuration(rows: int, dtype: torch.dtype) -> tuple[int, int, int]:
    """Return how many keys are taken at a time, num_warps and num_stages."""
    if dtype == torch.float32:
        return 16, 8, 2
    return {16: (128, 4, 3), 32: (64, 8, 3), 64: (32, 8, 4)}[rows]


def _processors(query: Tensor) -> int:
    """Return the number of multiprocessors of the GPU; the interpreter is given two."""
    if query.device.type != "cuda":
        return 2
    return torch.cuda.get_device_properties(query.device).multi_processor_count


def _require_decoding(query: Tensor, group: int, lengths: Tensor | None) -> None:
    """Raise unless one program can hold the queries of a group, and lengths suit them."""
    batch, _, n_q, _ = query.shape
    if group * n_q > MOST_ROWS:
        raise ValueError(
            f"n_heads / n_kv_heads * n_q must be at most {MOST_ROWS}; got {group} * {n_q}"
        )
    if lengths is None:
        return
    if lengths.dtype != torch.int32 or lengths.device != query.device:
        raise TypeError(
            f"lengths must be int32 on the device of query, {query.device}; "
            f"got {str(lengths.dtype).removeprefix('torch.')} on {lengths.device}"
        )
    if tuple(lengths.shape) != (batch,):
        raise ValueError(f"lengths must be (batch,), ({batch},); got {tuple(lengths.shape)}")
