"""The formula as one kernel: a block of queries at a time, and no score is stored."""

from typing import Any, NamedTuple

import torch
import triton
import triton.language as tl
from jaxtyping import Float
from torch import Tensor

from attention.gpu._launch import LN_2, LOG2_E, blocks_of, integer_of, require_heads, scale_of
from attention.gpu.backward import gradients

__all__ = ["Configuration", "configuration", "flash_attention"]


class Configuration(NamedTuple):
    """How the work is cut.

    Attributes:
        block_q: queries of a program, in tokens.
        block_k: keys that it takes at a time, in tokens.
        num_warps: groups of 32 threads that share the work of a program.
        num_stages: how many blocks of keys and of values are under way at once.
    """

    block_q: int
    block_k: int
    num_warps: int
    num_stages: int


def configuration(d: int, dtype: torch.dtype) -> Configuration:
    """Return how :func:`flash_attention` cuts its work.

    Args:
        d: width of a head, in features.
        dtype: of query, key and value.

    Returns:
        Sizes of blocks, and how a program runs.

    Examples:
        >>> configuration(64, torch.bfloat16)
        Configuration(block_q=64, block_k=128, num_warps=4, num_stages=2)
    """
    if dtype == torch.float32:
        return Configuration(block_q=16, block_k=32, num_warps=8, num_stages=2)
    if d > 64:
        return Configuration(block_q=64, block_k=64, num_warps=4, num_stages=3)
    return Configuration(block_q=64, block_k=128, num_warps=4, num_stages=2)


@triton.jit
def _absorb(
    m, l, acc, q, key, value, batch, head, seen, first, last, scale,
    D: tl.constexpr, BLOCK_K: tl.constexpr, MASKED: tl.constexpr, UNWRITTEN: tl.constexpr,
):  # fmt: skip
    """Add the keys from ``first`` to ``last``, BLOCK_K at a time, to what queries know.

    By the names of the papers: m is the highest score so far, l the sum of the powers p, acc the
    values times these powers, and alpha brings sums of the old m to the new m.
    """
    for start in tl.range(first, last, BLOCK_K):
        k = key.load([batch, head, start, 0]).reshape([BLOCK_K, D])  # reads BLOCK_K * D numbers
        v = value.load([batch, head, start, 0]).reshape([BLOCK_K, D])  # and as many again
        scores = tl.dot(q, k.T, input_precision="ieee")  # (BLOCK_Q, BLOCK_K), stays on the chip
        if MASKED:
            keys = start + tl.arange(0, BLOCK_K)
            scores = tl.where(keys[None, :] < seen[:, None], scores, -float("inf"))
            if UNWRITTEN:  # what lies after the last key may be NaN, and 0 * NaN is NaN
                v = tl.where(keys[:, None] < last, v, 0.0)
        new_m = tl.maximum(m, tl.max(scores, 1))
        shift = new_m * scale
        if MASKED:
            shift = tl.where(new_m == -float("inf"), 0.0, shift)  # -inf - -inf is NaN
        p = tl.exp2(scores * scale - shift[:, None])  # a multiply-add and an exp2 per score
        alpha = tl.exp2(m * scale - shift)
        l = l * alpha + tl.sum(p, 1)
        acc = acc * alpha[:, None]
        acc = tl.dot(p.to(v.dtype), v, acc, input_precision="ieee")  # acc + p @ v
        m = new_m
    return m, l, acc


@triton.jit
def _forward(
    query, key, value, output, lse, n_heads, group, n_q, n_k, offset, scale,
    D: tl.constexpr, BLOCK_Q: tl.constexpr, BLOCK_K: tl.constexpr, IS_CAUSAL: tl.constexpr,
    LN_2: tl.constexpr,
):  # fmt: skip
    """Answer one block of queries of one head. With log2(e) in the scale, exp2 serves as exp."""
    n_blocks = tl.cdiv(n_q, BLOCK_Q)
    block = n_blocks - 1 - tl.program_id(0) % n_blocks  # the last ones see most, and go first
    place = tl.program_id(0) // n_blocks
    first_lse = lse + place.to(tl.int64) * n_q  # there may be more than 2**31 of them
    batch, head = place // n_heads, place % n_heads
    rows = block * BLOCK_Q + tl.arange(0, BLOCK_Q)
    q = query.load([batch, head, block * BLOCK_Q, 0]).reshape([BLOCK_Q, D])  # reads BLOCK_Q * D

    seen = tl.full([BLOCK_Q], 0, tl.int32) + n_k  # how many keys each query sees
    if IS_CAUSAL:
        seen = tl.minimum(rows + offset + 1, n_k)
    seen_by_all, seen_by_any = tl.maximum(tl.min(seen, 0), 0), tl.maximum(tl.max(seen, 0), 0)
    full = seen_by_all // BLOCK_K * BLOCK_K  # up to here, no score needs a mask

    m = tl.full([BLOCK_Q], -float("inf"), tl.float32)
    l = tl.zeros([BLOCK_Q], tl.float32)
    acc = tl.zeros([BLOCK_Q, D], tl.float32)
    m, l, acc = _absorb(
        m, l, acc, q, key, value, batch, head // group, seen, 0, full, scale,
        D, BLOCK_K, MASKED=False, UNWRITTEN=False,
    )  # fmt: skip
    m, l, acc = _absorb(
        m, l, acc, q, key, value, batch, head // group, seen, full, seen_by_any, scale,
        D, BLOCK_K, MASKED=True, UNWRITTEN=False,
    )  # fmt: skip

    l = tl.where(l == 0.0, 1.0, l)  # a query that saw nothing gets zeros
    mixture = (acc / l[:, None]).to(q.dtype)
    output.store([batch, head, block * BLOCK_Q, 0], mixture.reshape([1, 1, BLOCK_Q, D]))  # writes
    log_sum = m * (scale * LN_2) + tl.log(l)  # from base 2 back to base e
    tl.store(first_lse + rows, log_sum, mask=rows < n_q)  # writes BLOCK_Q numbers


def flash_attention(
    query: Float[Tensor, "batch n_heads n_q d"],
    key: Float[Tensor, "batch n_kv_heads n_k d"],
    value: Float[Tensor, "batch n_kv_heads n_k d"],
    *,
    is_causal: bool = False,
    offset: int = 0,
    scale: float | None = None,
    return_lse: bool = False,
) -> (
    Float[Tensor, "batch n_heads n_q d"]
    | tuple[Float[Tensor, "batch n_heads n_q d"], Float[Tensor, "batch n_heads n_q"]]
):
    """Compute attention on the GPU without ever storing a score.

    What :func:`attention.tiling.tiled_attention` does, as one Triton
    kernel for the forward pass and two for the gradients.

    Args:
        query: one query per row, d wide: 16, 32, 64 or 128 features.
        key: one key per row; n_heads is a multiple of n_kv_heads, and the
            first query heads share the first head of keys and values.
        value: one value per row, as wide as the keys.
        is_causal: query i sees key j if ``j <= i + offset``.
        offset: how many keys lie before the first query, in tokens. Used
            with is_causal only; if negative, that many of the first
            queries see nothing.
        scale: factor of the scores, positive; ``1 / sqrt(d)`` if not given.
        return_lse: also return the natural logarithm of what each row was
            divided by, as :func:`attention.tiling.tiled_attention` does.

    Returns:
        One row per query; same dtype and device. A query that sees nothing
        gets zeros. With ``return_lse``, a pair of these and of one
        float32 per query, -inf if it sees nothing. Gradients pass through
        both, with ``torch.func.grad`` as well. Second derivatives,
        forward-mode derivatives and vmap raise RuntimeError. Autocast
        changes nothing.

    Raises:
        TypeError: if the tensors are not on one GPU, or not all of one
            dtype, float16, bfloat16 or float32; if offset is not an integer.
        ValueError: if shapes do not fit, d is another width, or scale is
            not positive and finite.

    Source:
        Dao 2023, arXiv:2307.08691, algorithms 1 and 2.
    """
    require_heads(query, key, value)
    factor = scale_of(scale, query.shape[-1])
    options = bool(is_causal), integer_of("offset", offset), factor
    output, lse = _FlashAttention.apply(query, key, value, *options)
    return (output, lse) if return_lse else output


class _FlashAttention(torch.autograd.Function):
    """Tells autograd that the gradients come from kernels, too."""

    @staticmethod
    def forward(
        query: Tensor, key: Tensor, value: Tensor, is_causal: bool, offset: int, scale: float
    ) -> tuple[Tensor, Tensor]:
        return _launch(query, key, value, is_causal, offset, scale)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, Tensor]) -> None:
        ctx.save_for_backward(*inputs[:3], *output)
        ctx.options = inputs[3:]

    @staticmethod
    def backward(ctx: Any, grad_output: Tensor, grad_lse: Tensor) -> tuple[Tensor | None, ...]:
        grads = _Gradients.apply(*ctx.saved_tensors, grad_output, grad_lse, *ctx.options)
        return (*grads, None, None, None)


class _Gradients(torch.autograd.Function):
    """The gradients, which have none: where a second derivative is asked for, it raises.

    ``once_differentiable`` would not do: it returns 0 where the gradient that arrives is constant.
    """

    @staticmethod
    def forward(*arguments: Any) -> tuple[Tensor, Tensor, Tensor]:
        return gradients(*arguments)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, ...]) -> None:
        """Keep nothing."""

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> Any:
        raise RuntimeError(
            "flash_attention has first derivatives alone; "
            "attention.scaled_dot_product_attention has second ones"
        )


def _launch(
    query: Tensor, key: Tensor, value: Tensor, is_causal: bool, offset: int, scale: float
) -> tuple[Tensor, Tensor]:
    """Run the kernel, one program for each block of queries of each head."""
    batch, n_heads, n_q, d = query.shape
    n_k = key.shape[2]
    output = torch.empty((batch, n_heads, n_q, d), dtype=query.dtype, device=query.device)
    lse = torch.empty((batch, n_heads, n_q), dtype=torch.float32, device=query.device)
    if n_k == 0 or output.numel() == 0:  # nothing to be seen, or nobody to see it
        return output.zero_(), lse.fill_(-torch.inf)
    block_q, block_k, num_warps, num_stages = configuration(d, query.dtype)
    with torch.cuda.device_of(query):
        _forward[(triton.cdiv(n_q, block_q) * batch * n_heads,)](
            query=blocks_of(query, block_q),
            key=blocks_of(key, block_k),
            value=blocks_of(value, block_k),
            output=blocks_of(output, block_q),
            lse=lse,
            n_heads=n_heads,
            group=n_heads // key.shape[1],
            n_q=n_q,
            n_k=n_k,
            offset=offset,
            scale=scale * LOG2_E,
            D=d,
            BLOCK_Q=block_q,
            BLOCK_K=block_k,
            IS_CAUSAL=is_causal,
            LN_2=LN_2,
            num_warps=num_warps,
            num_stages=num_stages,
        )
    return output, lse
