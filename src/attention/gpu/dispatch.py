"""One call, several ways to compute it: our kernels, PyTorch's function, or the formula itself."""

import os
from functools import cache
from importlib.util import find_spec
from typing import NamedTuple, TypedDict, Unpack

import array_api_compat
import torch
from jaxtyping import Bool, Float
from torch.autograd.forward_ad import unpack_dual

from attention._array import Array, dtype_name, library_name, listed
from attention._inputs import require_inputs, require_mask, require_options, require_sinks
from attention.gpu._paths import run
from attention.gpu._requirements import PATHS, Case, first_lack

__all__ = ["Choice", "explain", "scaled_dot_product_attention"]

_NAMES = {
    "flash_decode": "our kernel for few queries",
    "flash_attention": "our kernel",
    "torch": "PyTorch's function",
    "plain": "the formula as it is written",
}


class Choice(NamedTuple):
    """How a call is computed.

    Attributes:
        path: "flash_decode", "flash_attention", "torch" or "plain".
        why: what each earlier path lacks, or that this one was asked
            for, in one sentence.
    """

    path: str
    why: str


def scaled_dot_product_attention(
    query: Float[Array, "*#batch n_q d_k"],
    key: Float[Array, "*#batch n_k d_k"],
    value: Float[Array, "*#batch n_k d_v"],
    attn_mask: Bool[Array, "..."] | Float[Array, "..."] | None = None,
    *,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
    offset: int = 0,
    softcap: float | None = None,
    sinks: Float[Array, "n_heads"] | None = None,
    path: str | None = None,
) -> Float[Array, "*batch n_q d_v"]:
    """Mix the values by the first path that fits, the kernels before PyTorch's function.

    Up to rounding, the result is that of
    :func:`attention.scaled_dot_product_attention`: zeros for rows that
    see nothing, and the same errors. All paths but "flash_decode" have
    gradients. Only "plain" is sure to have second derivatives,
    forward-mode derivatives and vmap: the others may raise RuntimeError.
    Which path a call takes depends on its inputs, and :func:`explain`
    says it:

    - "flash_decode", our kernel for up to 8 queries that are the last
      tokens, each seeing up to its own, and "flash_attention", our
      kernel for any number: with Triton, on a GPU of compute capability
      9 (H100, H200), for which they were written (measured on an H200
      alone), in float16 or bfloat16, with ``d_k = d_v`` of 16, 32, 64 or
      128, equal batch axes and a positive scale, without a mask, softcap
      or sinks; flash_decode also without gradients, and with at most 64
      queries per head of keys;
    - "torch", PyTorch's function: for tensors on any device, none of
      whose axes of batch, queries and keys is of size 0, without softcap
      and sinks;
    - "plain", the package's own function: for everything.

    All but "plain" need as many heads of values as of keys. Tensors stay
    on their device, and only "plain" waits for it: to check that a
    floating-point mask holds no NaN and no +inf. On the other paths such
    a mask is checked on the CPU alone; on a GPU it yields NaN.

    Args:
        query: one query per row.
        key: one key per row.
        value: one value per row, as many as keys.
        attn_mask: broadcasts to ``(*batch, n_q, n_k)``. Boolean: True
            is visible. Floating-point, of query's dtype: added to the
            scaled scores; -inf hides.
        is_causal: query i sees key j if ``j <= i + offset``; with a mask
            as well, both apply.
        scale: factor of the scores; ``1 / sqrt(d_k)`` if not given.
        enable_gqa: the third axis from the end counts heads and need not
            broadcast: query may have a multiple of key's and value's.
        offset: how many keys lie before the first query, in tokens.
        softcap: a positive c; each scaled score s is bent to
            ``c * tanh(s / c)`` before masking.
        sinks: one more score for each head, of query's dtype, whose
            value is zero.
        path: "flash_decode", "flash_attention", "torch" or "plain" to
            take that one; None for the first that fits. In float32, and
            on the CPU (with TRITON_INTERPRET=1), a kernel runs only if
            it is named.

    Returns:
        One row per query, d_v wide; same dtype and device. A query that
        sees nothing gets zeros.

    Raises:
        TypeError: if the arrays differ in library, dtype or device, or
            are not floating-point; if an option is of a wrong type.
        ValueError: if shapes do not fit or an option is out of range; if
            the path that is asked for does not exist, or does not fit.

    Examples:
        >>> import torch
        >>> x = torch.tensor([[2.0], [0.0]])
        >>> scaled_dot_product_attention(x, x, x, is_causal=True).tolist()
        [[2.0], [1.0]]
    """
    case = _described(
        query,
        key,
        value,
        attn_mask,
        is_causal=is_causal,
        scale=scale,
        enable_gqa=enable_gqa,
        offset=offset,
        softcap=softcap,
        sinks=sinks,
        path=path,
    )
    choice = _chosen(case, path)
    return run(choice.path, case, query, key, value, attn_mask, sinks)


class Options(TypedDict, total=False):
    """The options of :func:`scaled_dot_product_attention`, by their names."""

    is_causal: bool
    scale: float | None
    enable_gqa: bool
    offset: int
    softcap: float | None
    sinks: Float[Array, "n_heads"] | None
    path: str | None


def explain(
    query: Float[Array, "*#batch n_q d_k"],
    key: Float[Array, "*#batch n_k d_k"],
    value: Float[Array, "*#batch n_k d_v"],
    attn_mask: Bool[Array, "..."] | Float[Array, "..."] | None = None,
    **options: Unpack[Options],
) -> Choice:
    """Say which path a call takes, and why it takes no earlier one.

    All arguments are those of the call of
    :func:`attention.gpu.scaled_dot_product_attention`.

    Args:
        query: one query per row.
        key: one key per row.
        value: one value per row, as many as keys.
        attn_mask: which keys a query may see, or what to add to the
            scaled scores.
        **options: is_causal, scale, enable_gqa, offset, softcap, sinks,
            path.

    Returns:
        ``(path, why)``.

    Raises:
        TypeError: as the call does.
        ValueError: as the call does.

    Examples:
        >>> import torch
        >>> x = torch.tensor([[2.0], [0.0]])
        >>> explain(x, x, x, softcap=50.0).path
        'plain'
        >>> explain(x, x, x, path="torch").why
        "PyTorch's function: it was asked for"
    """
    return _chosen(_described(query, key, value, attn_mask, **options), options.get("path"))


def _described(
    query: Array,
    key: Array,
    value: Array,
    attn_mask: Array | None,
    *,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
    offset: int = 0,
    softcap: float | None = None,
    sinks: Float[Array, "n_heads"] | None = None,
    path: str | None = None,
) -> Case:
    """Check the arguments, and say what the choice depends on."""
    _, weights = require_inputs(query, key, value, enable_gqa)
    require_options(scale, offset, softcap)
    device = array_api_compat.device(query)
    kind = device.type if isinstance(query, torch.Tensor) else str(device)
    if attn_mask is not None:
        require_mask(attn_mask, query, weights, read=kind == "cpu")
    if sinks is not None:
        require_sinks(sinks, query, weights)
    return Case(
        library=library_name(query),
        device=kind,
        capability=_capability(device) if kind == "cuda" else None,
        dtype=dtype_name(query),
        query=tuple(query.shape),
        key=tuple(key.shape),
        value=tuple(value.shape),
        weights=weights,
        attn_mask=None if attn_mask is None else tuple(attn_mask.shape),
        sinks=None if sinks is None else tuple(sinks.shape),
        is_causal=bool(is_causal),
        scale=scale,
        enable_gqa=enable_gqa,
        offset=int(offset),
        softcap=softcap,
        differentiable=_differentiable(query, key, value),
        triton=_has_triton(),
        interpreted=os.environ.get("TRITON_INTERPRET") == "1",
        forced=path is not None,
    )


def _chosen(case: Case, path: str | None) -> Choice:
    """Return the path that is asked for, or the first that lacks nothing."""
    if path is not None:
        if path not in PATHS:
            raise ValueError(f"path must be None or one of {', '.join(PATHS)}; got {path!r}")
        if (lack := first_lack(case, path)) is not None:
            raise ValueError(f"path {path!r} needs {lack[0]}; got {lack[1]}")
        return Choice(path, f"{_NAMES[path]}: it was asked for")
    lacks: dict[tuple[str, str], list[str]] = {}
    for next_path in PATHS:
        if (lack := first_lack(case, next_path)) is None:
            return Choice(next_path, f"{_NAMES[next_path]}: {_told(lacks)}")
        lacks.setdefault(lack, []).append(next_path)
    raise AssertionError("the last path takes everything")


def _told(lacks: dict[tuple[str, str], list[str]]) -> str:
    """Return what each earlier path lacks, those of one lack together."""
    parts = (
        f"{listed(paths)} {'need' if paths[1:] else 'needs'} {needed}, got {instead}"
        for (needed, instead), paths in lacks.items()
    )
    return "; ".join(parts) or "it lacks nothing"


def _differentiable(*arrays: Array) -> bool:
    """Return whether somebody will want gradients, of forward mode as well."""
    tensors = [array for array in arrays if isinstance(array, torch.Tensor)]
    backward = torch.is_grad_enabled() and any(tensor.requires_grad for tensor in tensors)
    tangents = (unpack_dual(tensor).tangent for tensor in tensors)  # type: ignore[no-untyped-call]
    return backward or any(tangent is not None for tangent in tangents)


@cache
def _has_triton() -> bool:
    """Return whether Triton is installed, without importing it."""
    return find_spec("triton") is not None


def _capability(device: torch.device) -> tuple[int, int] | None:
    """Return the compute capability of a GPU by NVIDIA; PyTorch calls AMD's "cuda", too."""
    return None if torch.version.hip else torch.cuda.get_device_capability(device)
