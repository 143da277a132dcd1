"""What several tests compare with: attention by loops, and arrays in half precision.

Nothing here imports the package under test.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

# The libraries and dtypes of half precision; array-api-strict has none.
HALVES = [("numpy", "float16"), ("torch", "float16"), ("torch", "bfloat16")]


def half(library: str, dtype: str, values: Any) -> Any:
    """Build an array of one of HALVES."""
    if library == "numpy":
        return np.asarray(values, dtype=dtype)
    torch = pytest.importorskip("torch", reason="torch is an extra; `make test` installs it")
    return torch.tensor(values, dtype=getattr(torch, dtype))


def attention_by_loops(
    query: Any, key: Any, value: Any, mask: Any = None, *, is_causal: bool = False,
    scale: float | None = None, offset: int = 0, softcap: float | None = None,
    sink: float = -math.inf,
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """Attend in one head with Python's floats, one score at a time, sums rounded once.

    Returns:
        The output, (n_q, d_v), and each row's log-sum-exp; 0 and -inf where nothing is visible.
    """
    output, lse = np.zeros((len(query), value.shape[1])), np.full(len(query), -np.inf)
    for i, q in enumerate(query.tolist()):
        seen = {}
        for j, k in enumerate(key.tolist()):
            score = math.fsum(a * b for a, b in zip(q, k, strict=True))
            score *= 1 / math.sqrt(len(q)) if scale is None else scale
            if softcap is not None:
                score = softcap * math.tanh(score / softcap)
            if is_causal and j > i + offset:
                continue
            if mask is not None and mask.dtype == bool and not mask[i, j]:
                continue
            if mask is not None and mask.dtype != bool:
                score += float(mask[i, j])
            if score != -math.inf:
                seen[j] = score
        top = max([*seen.values(), sink])
        if top > -math.inf:
            power = {j: math.exp(score - top) for j, score in seen.items()}
            total = math.fsum([*power.values(), math.exp(sink - top)])
            lse[i] = top + math.log(total)
            for c in range(value.shape[1]):
                output[i, c] = math.fsum(p * float(value[j, c]) for j, p in power.items()) / total
    return output, lse


def multiply_by_loops(x: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Multiply two matrices with Python's floats, sums rounded once."""
    columns = weight.T.tolist()
    return np.array(
        [
            [math.fsum(a * b for a, b in zip(row, column, strict=True)) for column in columns]
            for row in x.tolist()
        ]
    )


def multi_head_attention_by_loops(
    arrays: dict[str, Any], n_heads: int, n_kv_heads: int, *, mask: np.ndarray | None = None,
    sinks: np.ndarray | None = None, **options: Any,
) -> np.ndarray:  # fmt: skip
    """Attend text by text, head by head, score by score, and add up what the heads give."""
    x, w_o = arrays["x"], arrays["w_o"]
    context = arrays.get("context", x)
    d_k, d_v = arrays["w_k"].shape[1] // n_kv_heads, arrays["w_v"].shape[1] // n_kv_heads
    output = np.zeros((*x.shape[:2], w_o.shape[1]))
    for b, h in np.ndindex(len(x), n_heads):
        k = h * n_kv_heads // n_heads
        query = multiply_by_loops(x[b], arrays["w_q"][:, h * d_k : (h + 1) * d_k])
        key = multiply_by_loops(context[b], arrays["w_k"][:, k * d_k : (k + 1) * d_k])
        value = multiply_by_loops(context[b], arrays["w_v"][:, k * d_v : (k + 1) * d_v])
        visible = None if mask is None else mask[b, h]
        sink = -math.inf if sinks is None else float(sinks[h])
        attended, _ = attention_by_loops(query, key, value, visible, sink=sink, **options)
        output[b] += multiply_by_loops(attended, w_o[h * d_v : (h + 1) * d_v])
    return output


def prefix_attention_by_loops(
    query: Any, key: Any, value: Any, n_visible: Callable[[int, int], int],
    scale: float | None = None,
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """Attend one query at a time, in float64, where each sees the first keys.

    This multiplies with NumPy: the tests of the kernels have thousands of keys.

    Args:
        query: (batch, n_heads, n_q, d_k), in any precision, of PyTorch or NumPy.
        key: (batch, n_kv_heads, n_k, d_k); n_kv_heads divides n_heads.
        value: (batch, n_kv_heads, n_k, d_v).
        n_visible: how many keys query i of text b sees, ``n_visible(b, i)``, cut to 0 … n_k.
        scale: what scores are multiplied by; ``1 / sqrt(d_k)`` if not given.

    Returns:
        The output and each row's log-sum-exp; 0 and -inf where nothing is visible.
    """
    q, k, v = (
        x if isinstance(x, np.ndarray) else x.detach().double().numpy() for x in (query, key, value)
    )
    group = q.shape[1] // k.shape[1]
    factor = q.shape[-1] ** -0.5 if scale is None else scale
    output, lse = np.zeros((*q.shape[:3], v.shape[3])), np.full(q.shape[:3], -np.inf)
    for b, h, i in np.ndindex(q.shape[:3]):
        n = min(max(n_visible(b, i), 0), k.shape[2])
        if n == 0:
            continue
        scores = k[b, h // group, :n] @ q[b, h, i] * factor
        top = scores.max()
        powers = np.exp(scores - top)
        output[b, h, i] = powers @ v[b, h // group, :n] / powers.sum()
        lse[b, h, i] = top + math.log(powers.sum())
    return output, lse
