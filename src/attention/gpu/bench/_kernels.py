"""Who is measured: the kernels of this package, and PyTorch's function with each backend forced."""

import importlib
import os
import re
import warnings
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.nn import functional
from torch.nn.attention import SDPBackend, sdpa_kernel

from attention.gpu.bench._reference import cached_visible, causal_visible, reference
from attention.gpu.bench._timing import text_of

BACKENDS = {
    "flash": SDPBackend.FLASH_ATTENTION,
    "cudnn": SDPBackend.CUDNN_ATTENTION,
    "efficient": SDPBackend.EFFICIENT_ATTENTION,
    "math": SDPBackend.MATH,
}
FUSED = ["flash", "cudnn", "efficient"]


class Kernels(NamedTuple):
    """The functions of ``attention.gpu`` that are checked and measured."""

    flash_attention: Callable[..., Any]
    flash_decode: Callable[..., Any]
    configuration: Callable[..., Any]
    splits_of: Callable[..., int]
    fused_additive: Callable[..., Tensor]


class Configuration(NamedTuple):
    """What a stand-in says of itself, in the place of a kernel's block sizes."""

    block_q: int = 1
    block_k: int = 1
    num_warps: int = 1
    num_stages: int = 1


def kernels_on(device: str) -> Kernels:
    """Return the kernels; without a GPU or Triton's interpreter, what stands in for them."""
    if device == "cpu" and not os.environ.get("TRITON_INTERPRET"):
        return Kernels(
            plain_attention,
            plain_decode,
            lambda d, dtype: Configuration(),
            lambda batch, n_kv_heads, n_k, n_multiprocessors: 1,
            plain_additive,
        )
    return Kernels(
        loaded("attention.gpu.forward", "flash_attention"),
        loaded("attention.gpu.decode", "flash_decode"),
        loaded("attention.gpu.forward", "configuration"),
        loaded("attention.gpu.decode", "splits_of"),
        loaded("attention.gpu.bench._additive", "fused_additive"),
    )


def loaded(module: str, name: str) -> Callable[..., Any]:
    """Return a function of a module that needs Triton; one that cannot be had fails when called."""
    try:
        found: Callable[..., Any] = getattr(importlib.import_module(module), name)
    except Exception as error:  # noqa: BLE001 - the others are measured all the same
        said = text_of(error)

        def missing(*_: Any, **__: Any) -> Any:
            raise RuntimeError(f"{name} is not to be had: {said}")

        return missing
    return found


def plain_attention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    *,
    is_causal: bool = False,
    offset: int = 0,
    scale: float | None = None,
    return_lse: bool = False,
) -> Any:
    """Stand in for ``flash_attention`` where no kernel runs."""
    n_q, n_k = query.shape[-2], key.shape[-2]
    visible = causal_visible(n_q, n_k, offset if is_causal else n_k, query.device.type)
    output, lse = reference(query, key, value, visible, scale)
    return (output.to(query.dtype), lse.float()) if return_lse else output.to(query.dtype)


def plain_decode(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    *,
    lengths: Tensor | None = None,
    scale: float | None = None,
    return_lse: bool = False,
) -> Any:
    """Stand in for ``flash_decode`` where no kernel runs."""
    if lengths is None:
        lengths = torch.full((len(query),), key.shape[-2], device=query.device)
    visible = cached_visible(lengths, query.shape[-2], key.shape[-2])
    output, lse = reference(query, key, value, visible, scale)
    return (output.to(query.dtype), lse.float()) if return_lse else output.to(query.dtype)


def plain_additive(
    query: Tensor, key: Tensor, w_query: Tensor, w_key: Tensor, w_score: Tensor
) -> Tensor:
    """Stand in for the fused additive score where no kernel runs."""
    hidden = torch.tanh((query @ w_query)[:, None] + (key @ w_key)[None])
    return hidden @ w_score


def forced(backend: str) -> AbstractContextManager[Any]:
    """Let PyTorch's function take this backend or none."""
    return sdpa_kernel(BACKENDS[backend])


def torch_attention(
    backend: str, query: Tensor, key: Tensor, value: Tensor, **options: Any
) -> Tensor:
    """Run PyTorch's function with one backend forced."""
    with forced(backend):
        return functional.scaled_dot_product_attention(query, key, value, **options)


def why_refused(run: Callable[[], object]) -> str | None:
    """Run once; return None, or what PyTorch said when it refused."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        try:
            run()
        except torch.OutOfMemoryError:
            return "out of memory"
        except Exception as error:  # noqa: BLE001 - a backend may refuse in any way
            reasons = [plain_text(str(warning.message)) for warning in said]
            told = [r for r in reasons if "disabled" not in r and "kernel not used" not in r]
            first = (str(error).splitlines() or [type(error).__name__])[0]
            return plain_text("; ".join([first, *told]))[:240]
    return None


def plain_text(said: str) -> str:
    """Leave out where in PyTorch's source a warning came from."""
    return " ".join(re.sub(r"\(Triggered internally at [^)]*\)", "", said).split())
