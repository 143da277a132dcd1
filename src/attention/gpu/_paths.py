"""How each path is called: the package's arguments in, the package's result out."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

import torch
from torch import Tensor, nn

from attention._array import without_autocast
from attention.attention import scaled_dot_product_attention
from attention.gpu._requirements import Case
from attention.masking import causal_mask

__all__ = ["run"]

_KERNELS = {"flash_attention": "attention.gpu.forward", "flash_decode": "attention.gpu.decode"}


def run(
    path: str, case: Case, query: Any, key: Any, value: Any, attn_mask: Any, sinks: Any = None
) -> Any:
    """Take a path that fits the case."""
    options: dict[str, Any] = {"is_causal": case.is_causal, "offset": case.offset}
    if path == "plain":
        options |= {"enable_gqa": case.enable_gqa, "softcap": case.softcap, "sinks": sinks}
        return scaled_dot_product_attention(
            query, key, value, attn_mask, scale=case.scale, **options
        )
    q, k, v = (_fold(array, _leading(case, array)) for array in (query, key, value))
    output: Any
    if path == "flash_attention":
        output = _kernel(path)(q, k, v, scale=case.scale, **options)
    elif path == "flash_decode":
        output = _kernel(path)(q, k, v, scale=case.scale)
    else:
        output = _by_torch(case, q, k, v, attn_mask)
    return output.reshape(*case.weights[:-1], value.shape[-1])


def _kernel(path: str) -> Callable[..., Any]:
    """Import a kernel, which needs Triton, only when it is called."""
    kernel: Callable[..., Any] = getattr(import_module(_KERNELS[path]), path)
    return kernel


def _leading(case: Case, array: Tensor) -> tuple[int, ...]:
    """Return the axes before the last two, as they are after broadcasting."""
    if case.enable_gqa:
        return (*case.weights[:-3], array.shape[-3])
    return case.weights[:-2]


def _fold(array: Tensor, leading: tuple[int, ...]) -> Tensor:
    """Broadcast, and make the leading axes two: ``(batch, n_heads, n, d)``.

    Up to two leading axes nothing is copied, nor where strides allow to fold more.
    """
    wide = array.expand(*leading, *array.shape[-2:])
    return wide.reshape(-1, leading[-1] if leading else 1, *array.shape[-2:])


def _by_torch(
    case: Case, query: Tensor, key: Tensor, value: Tensor, attn_mask: Tensor | None
) -> Tensor:
    """Call PyTorch's function, which has no offset, and knows no row that sees nothing."""
    scale = case.scale
    if scale is not None and scale < 0:  # a kernel may take the maximum before it scales
        query, scale = -query, -scale
    is_causal = case.is_causal and case.offset == 0 and attn_mask is None
    mask = None if is_causal else _whole_mask(case, query, attn_mask)
    lost = None
    if case.hides_later or mask is not None:
        key, lost = _without_nan(case, key, mask)
    seeing = None
    if attn_mask is not None and mask is not None:
        mask, seeing = _show_something(mask)
    with without_autocast(query.device.type):
        output = nn.functional.scaled_dot_product_attention(
            query, key, value, mask, is_causal=is_causal, scale=scale, enable_gqa=case.group > 1
        )
    output = output if seeing is None else torch.where(seeing, output, 0.0)
    return output if lost is None else torch.where(lost, torch.nan, output)


def _without_nan(case: Case, key: Tensor, mask: Tensor | None) -> tuple[Tensor, Tensor]:
    """Return keys without NaN, and which queries see a key that had one: their output is NaN.

    Some kernels write -inf over a hidden score, some add it, and NaN stays NaN.
    """
    bad = key.isnan().any(-1)  # (batch, n_kv_heads, n_k)
    clean = torch.where(bad[..., None], 0.0, key)
    bad = bad.repeat_interleave(case.group, dim=1)[..., None, :]  # (batch, n_heads, 1, n_k)
    if mask is None or mask.dtype != torch.bool:  # numbers that are added hide no NaN
        offset = case.offset if case.is_causal else case.n_k
        mask = causal_mask(case.n_q, case.n_k, offset=offset, like=key)
    return clean, (mask & bad).any(-1, keepdim=True)  # (batch, n_heads, n_q, 1)


def _whole_mask(case: Case, query: Tensor, attn_mask: Tensor | None) -> Tensor | None:
    """Return one mask of what the given one and causality hide, ``(batch, n_heads, n_q, n_k)``."""
    causal: Tensor | None = None
    if case.hides_later:
        causal = causal_mask(case.n_q, case.n_k, offset=case.offset, like=query)
    if attn_mask is None:
        return causal
    mask = attn_mask.reshape(*[1] * (2 - attn_mask.ndim), *attn_mask.shape)
    mask = _fold(mask.expand(*mask.shape[:-1], case.n_k), case.weights[:-2])
    if causal is None:
        return mask
    return mask & causal if mask.dtype == torch.bool else torch.where(causal, mask, -torch.inf)


def _show_something(mask: Tensor) -> tuple[Tensor, Tensor]:
    """Return a mask in which every row sees something, and which rows do so rightly.

    Over a row that sees nothing kernels divide 0 by 0. Here it sees all, and its output is
    then replaced by zeros, through which no gradient passes.
    """
    boolean = mask.dtype == torch.bool
    visible = mask if boolean else mask != -torch.inf  # NaN is to come out
    seeing = visible.any(-1, keepdim=True)  # (batch, n_heads, n_q, 1)
    return mask | ~seeing if boolean else torch.where(seeing, mask, 0.0), seeing
