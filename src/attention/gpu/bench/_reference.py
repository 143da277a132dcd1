"""What is right: attention in float64, every score written out."""

import torch
from torch import Tensor


def reference(
    query: Tensor, key: Tensor, value: Tensor, visible: Tensor, scale: float | None = None
) -> tuple[Tensor, Tensor]:
    """Return attention and log-sum-exp in float64; a row that sees nothing yields 0 and -inf.

    Args:
        query: (batch, n_heads, n_q, d).
        key: (batch, n_kv_heads, n_k, d); n_heads is a multiple of n_kv_heads.
        value: like key.
        visible: True where a query sees a key; broadcasts to (batch, n_heads, n_q, n_k).
        scale: what the scores are multiplied by; ``1 / sqrt(d)`` if not given.
    """
    group = query.shape[1] // key.shape[1]
    q = query.double()
    k, v = (x.double().repeat_interleave(group, dim=1) for x in (key, value))
    scores = q @ k.mT * (query.shape[-1] ** -0.5 if scale is None else scale)
    masked = scores.masked_fill(~visible, -torch.inf)
    sees = visible.any(-1, keepdim=True)
    # A hidden row keeps its scores, which are finite, until its weights are set to 0.
    weights = torch.softmax(torch.where(sees, masked, scores), dim=-1) * sees
    return weights @ v, torch.logsumexp(masked, dim=-1)


def causal_visible(n_q: int, n_k: int, offset: int, device: str) -> Tensor:
    """Return True where key j stands at or before query i, which stands at i + offset."""
    queries = torch.arange(n_q, device=device)[:, None] + offset
    return torch.arange(n_k, device=device)[None, :] <= queries


def cached_visible(lengths: Tensor, n_q: int, capacity: int) -> Tensor:
    """Return True where key j counts and stands at or before query i, one of the last n_q.

    The shape is (batch, 1, n_q, capacity).
    """
    queries = torch.arange(n_q, device=lengths.device)[None, :, None]
    last = lengths[:, None, None] - n_q + queries
    keys = torch.arange(capacity, device=lengths.device)[None, None, :]
    return (keys <= last)[:, None]


def relative_error(found: Tensor, right: Tensor) -> float:
    """Return ``|found - right| / |right|``; 0 where both are 0, never a small number for NaN."""
    size = float(torch.linalg.vector_norm(right.double()))
    error = float(torch.linalg.vector_norm(found.double() - right.double()))
    return error / size if size else (0.0 if error == 0 else float("inf"))
