"""The additive score in one kernel: no array of pairs times hidden units is ever written."""

import torch
import triton
import triton.language as tl
from torch import Tensor


@triton.jit
def _additive_kernel(  # type: ignore[no-untyped-def]
    query_ptr,  # (d_h, n_q): one hidden unit per row, so that a tile reads neighbours
    key_ptr,  # (d_h, n_k)
    weight_ptr,  # (d_h,)
    scores_ptr,  # (n_q, n_k)
    n_q,
    n_k,
    d_h,
    BLOCK_Q: tl.constexpr,
    BLOCK_K: tl.constexpr,
):
    """Add up ``weight * tanh(from_query + from_key)`` over hidden units, for a tile of pairs."""
    rows = tl.program_id(0) * BLOCK_Q + tl.arange(0, BLOCK_Q)
    columns = tl.program_id(1) * BLOCK_K + tl.arange(0, BLOCK_K)
    scores = tl.zeros((BLOCK_Q, BLOCK_K), tl.float32)
    for unit in range(d_h):
        # Read: BLOCK_Q + BLOCK_K numbers for BLOCK_Q * BLOCK_K values of tanh.
        from_query = tl.load(query_ptr + unit * n_q + rows, mask=rows < n_q, other=0.0)
        from_key = tl.load(key_ptr + unit * n_k + columns, mask=columns < n_k, other=0.0)
        weight = tl.load(weight_ptr + unit)
        hidden = from_query[:, None] + from_key[None, :]
        # tanh x = 1 - 2 / (e^2x + 1), right at both ends: e^2x may overflow to infinity or be 0.
        scores += weight * (1.0 - 2.0 / (tl.exp2(hidden * 2.8853900817779268) + 1.0))
    inside = (rows < n_q)[:, None] & (columns < n_k)[None, :]
    tl.store(scores_ptr + rows[:, None] * n_k + columns[None, :], scores, mask=inside)


def fused_additive(
    query: Tensor, key: Tensor, w_query: Tensor, w_key: Tensor, w_score: Tensor
) -> Tensor:
    """Score every pair by ``tanh(q W_query + k W_key) · w``; float32.

    Args:
        query: (n_q, d).
        key: (n_k, d).
        w_query: (d, d_h).
        w_key: (d, d_h).
        w_score: (d_h,).

    Returns:
        Scores, (n_q, n_k).
    """
    from_query, from_key = w_query.T @ query.T, w_key.T @ key.T  # (d_h, n_q), (d_h, n_k)
    (d_h, n_q), n_k = from_query.shape, from_key.shape[1]
    from_query, from_key = from_query.contiguous(), from_key.contiguous()
    scores = torch.empty((n_q, n_k), dtype=torch.float32, device=query.device)
    block_q, block_k = 32, 64
    grid = (triton.cdiv(n_q, block_q), triton.cdiv(n_k, block_k))
    _additive_kernel[grid](
        query_ptr=from_query,
        key_ptr=from_key,
        weight_ptr=w_score.contiguous(),
        scores_ptr=scores,
        n_q=n_q,
        n_k=n_k,
        d_h=d_h,
        BLOCK_Q=block_q,
        BLOCK_K=block_k,
        num_warps=4,
    )
    return scores
