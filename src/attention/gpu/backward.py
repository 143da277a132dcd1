"""The gradients of attention as two kernels, which compute the weights once more."""

from typing import Any, NamedTuple

import torch
import triton
import triton.language as tl
from torch import Tensor
from triton.tools.tensor_descriptor import TensorDescriptor

from attention.gpu._launch import LN_2, LOG2_E, blocks_of

__all__ = ["gradients"]

NUM_STAGES = 2  # blocks under way at once


@triton.jit
def _gradient_of_keys(
    query, key, value, grad_output, log_sums, deltas, grad_key, grad_value,
    n_heads, group, n_q, n_k, offset, scale,
    D: tl.constexpr, BLOCK_Q: tl.constexpr, BLOCK_K: tl.constexpr, IS_CAUSAL: tl.constexpr,
    LN_2: tl.constexpr,
):  # fmt: skip
    """Sum the gradients of a block of keys and values over the queries that saw it, by group."""
    n_blocks = tl.cdiv(n_k, BLOCK_K)
    start_k, place = tl.program_id(0) % n_blocks * BLOCK_K, tl.program_id(0) // n_blocks
    batch, kv_head = place // (n_heads // group), place % (n_heads // group)
    keys = start_k + tl.arange(0, BLOCK_K)
    k = key.load([batch, kv_head, start_k, 0]).reshape([BLOCK_K, D])  # reads BLOCK_K * D numbers
    v = value.load([batch, kv_head, start_k, 0]).reshape([BLOCK_K, D])  # and as many again

    grad_k = tl.zeros([BLOCK_K, D], tl.float32)
    grad_v = tl.zeros([BLOCK_K, D], tl.float32)
    first = 0
    if IS_CAUSAL:  # earlier queries did not see this block
        first = tl.maximum(start_k - offset, 0) // BLOCK_Q * BLOCK_Q
    for head in range(kv_head * group, (kv_head + 1) * group):
        first_row = (batch.to(tl.int64) * n_heads + head) * n_q
        for start in tl.range(first, n_q, BLOCK_Q):
            rows = start + tl.arange(0, BLOCK_Q)
            q = query.load([batch, head, start, 0]).reshape([BLOCK_Q, D])  # reads BLOCK_Q * D
            grad = grad_output.load([batch, head, start, 0]).reshape([BLOCK_Q, D])  # BLOCK_Q * D
            log_sum = tl.load(log_sums + first_row + rows, mask=rows < n_q, other=float("inf"))
            delta = tl.load(deltas + first_row + rows, mask=rows < n_q, other=0.0)
            scores = tl.dot(k, q.T, input_precision="ieee")  # (BLOCK_K, BLOCK_Q)
            weights = tl.exp2(scores * scale - log_sum[None, :])  # once more, from log-sum-exp
            if IS_CAUSAL:
                weights = tl.where(keys[:, None] <= rows[None, :] + offset, weights, 0.0)
            grad_v = tl.dot(weights.to(v.dtype), grad, grad_v, input_precision="ieee")
            grad_weights = tl.dot(v, grad.T, input_precision="ieee")  # (BLOCK_K, BLOCK_Q)
            grad_scores = weights * (grad_weights - delta[None, :])
            grad_k = tl.dot(grad_scores.to(k.dtype), q, grad_k, input_precision="ieee")

    grad_k = (grad_k * (scale * LN_2)).to(k.dtype)
    grad_key.store([batch, kv_head, start_k, 0], grad_k.reshape([1, 1, BLOCK_K, D]))
    grad_value.store([batch, kv_head, start_k, 0], grad_v.to(v.dtype).reshape([1, 1, BLOCK_K, D]))


@triton.jit
def _gradient_of_queries(
    query, key, value, grad_output, log_sums, deltas, grad_query,
    n_heads, group, n_q, n_k, offset, scale,
    D: tl.constexpr, BLOCK_Q: tl.constexpr, BLOCK_K: tl.constexpr, IS_CAUSAL: tl.constexpr,
    LN_2: tl.constexpr,
):  # fmt: skip
    """Sum the gradients of a block of queries of one head over the keys that it saw."""
    n_blocks = tl.cdiv(n_q, BLOCK_Q)
    start_q, place = tl.program_id(0) % n_blocks * BLOCK_Q, tl.program_id(0) // n_blocks
    batch, head = place // n_heads, place % n_heads
    place = place.to(tl.int64)
    rows = start_q + tl.arange(0, BLOCK_Q)
    q = query.load([batch, head, start_q, 0]).reshape([BLOCK_Q, D])  # reads BLOCK_Q * D numbers
    grad = grad_output.load([batch, head, start_q, 0]).reshape([BLOCK_Q, D])  # and as many again
    log_sum = tl.load(log_sums + place * n_q + rows, mask=rows < n_q, other=float("inf"))
    delta = tl.load(deltas + place * n_q + rows, mask=rows < n_q, other=0.0)

    grad_q = tl.zeros([BLOCK_Q, D], tl.float32)
    seen = tl.full([BLOCK_Q], 0, tl.int32) + n_k  # how many keys each query saw
    if IS_CAUSAL:
        seen = tl.minimum(rows + offset + 1, n_k)
    for start in tl.range(0, tl.max(seen, 0), BLOCK_K):
        keys = start + tl.arange(0, BLOCK_K)
        k = key.load([batch, head // group, start, 0]).reshape([BLOCK_K, D])  # BLOCK_K * D
        v = value.load([batch, head // group, start, 0]).reshape([BLOCK_K, D])  # BLOCK_K * D
        scores = tl.dot(q, k.T, input_precision="ieee")  # (BLOCK_Q, BLOCK_K)
        weights = tl.exp2(scores * scale - log_sum[:, None])  # once more, from log-sum-exp
        weights = tl.where(keys[None, :] < seen[:, None], weights, 0.0)
        grad_weights = tl.dot(grad, v.T, input_precision="ieee")  # (BLOCK_Q, BLOCK_K)
        grad_scores = (weights * (grad_weights - delta[:, None])).to(k.dtype)
        grad_q = tl.dot(grad_scores, k, grad_q, input_precision="ieee")

    grad_q = (grad_q * (scale * LN_2)).to(q.dtype)
    grad_query.store([batch, head, start_q, 0], grad_q.reshape([1, 1, BLOCK_Q, D]))


def gradients(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    output: Tensor,
    lse: Tensor,
    grad_output: Tensor,
    grad_lse: Tensor,
    is_causal: bool,
    offset: int,
    scale: float,
) -> tuple[Tensor, Tensor, Tensor]:
    """Return the gradients with respect to query, key and value of :func:`flash_attention`.

    The weights were never stored, and are computed again, block by block:
    ``exp(score - lse)``. One kernel owns blocks of keys, the other blocks
    of queries, so that each sum is added up by one program, in the same
    order each time.

    Args:
        query: as it was given, ``(batch, n_heads, n_q, d)``.
        key: as it was given, ``(batch, n_kv_heads, n_k, d)``.
        value: as it was given.
        output: what was returned for them.
        lse: its log-sum-exp, ``(batch, n_heads, n_q)``.
        grad_output: gradient that arrives at the output.
        grad_lse: gradient that arrives at lse.
        is_causal: as it was given.
        offset: as it was given.
        scale: factor of the scores.

    Returns:
        One gradient each, of the shape and dtype of query, key and value.

    Source:
        Dao 2023, arXiv:2307.08691, algorithm 2.
    """
    batch, n_heads, n_q, d = query.shape
    n_kv_heads, n_k = key.shape[1:3]
    grad_query, grad_key, grad_value = (
        torch.zeros(x.shape, dtype=x.dtype, device=x.device) for x in (query, key, value)
    )
    if query.numel() == 0 or key.numel() == 0:
        return grad_query, grad_key, grad_value
    # What the gradients of a row have in common: softmax passes on what differs from the average.
    deltas = (grad_output.float() * output.float()).sum(-1) - grad_lse

    def launch(kernel: Any, programs: int, blocks: Blocks, **results: TensorDescriptor) -> None:
        """Run a kernel on blocks of this size; it writes the results, by name."""
        kernel[(programs,)](
            query=blocks_of(query, blocks.q),
            key=blocks_of(key, blocks.k),
            value=blocks_of(value, blocks.k),
            grad_output=blocks_of(grad_output, blocks.q),
            log_sums=lse * LOG2_E,
            deltas=deltas,
            **results,
            n_heads=n_heads,
            group=n_heads // n_kv_heads,
            n_q=n_q,
            n_k=n_k,
            offset=offset,
            scale=scale * LOG2_E,
            D=d,
            BLOCK_Q=blocks.q,
            BLOCK_K=blocks.k,
            IS_CAUSAL=is_causal,
            LN_2=LN_2,
            num_warps=blocks.num_warps,
            num_stages=NUM_STAGES,
        )

    of_keys, of_queries = blocks_for_keys(d, query.dtype), blocks_for_queries(query.dtype)
    with torch.cuda.device_of(query):
        programs = triton.cdiv(n_k, of_keys.k) * batch * n_kv_heads
        launch(
            _gradient_of_keys,
            programs,
            of_keys,
            grad_key=blocks_of(grad_key, of_keys.k),
            grad_value=blocks_of(grad_value, of_keys.k),
        )
        programs = triton.cdiv(n_q, of_queries.q) * batch * n_heads
        launch(
            _gradient_of_queries,
            programs,
            of_queries,
            grad_query=blocks_of(grad_query, of_queries.q),
        )
    return grad_query, grad_key, grad_value


class Blocks(NamedTuple):
    """How many queries and keys are taken at once, as the registers allow."""

    q: int
    k: int
    num_warps: int


def blocks_for_keys(d: int, dtype: torch.dtype) -> Blocks:
    """Return the blocks of the kernel that owns keys: it keeps two sums for each of them."""
    if dtype == torch.float32:
        return Blocks(16, 16, num_warps=8)
    return Blocks(32 if d > 64 else 64, 64, num_warps=4)


def blocks_for_queries(dtype: torch.dtype) -> Blocks:
    """Return the blocks of the kernel that owns queries."""
    return Blocks(16, 16, num_warps=8) if dtype == torch.float32 else Blocks(64, 64, num_warps=4)
