"""What every kernel asks of its tensors, and how it is told where they lie."""

import math
import os

from torch import Tensor, contiguous_format, float16, float32
from torch import bfloat16 as brain_float16
from triton.tools.tensor_descriptor import TensorDescriptor

from attention.gpu._requirements import WIDTHS

__all__ = ["LN_2", "LOG2_E", "blocks_of", "require_heads", "scale_of"]

LOG2_E = 1 / math.log(2)  # exp(x) = exp2(x * LOG2_E): hardware has exp2 alone
LN_2 = math.log(2)

DTYPES = (float16, brain_float16, float32)
_ALIGNMENT = 16  # bytes: what the copy engine asks of addresses and strides


def require_heads(query: Tensor, key: Tensor, value: Tensor) -> int:
    """Raise unless the three fit together and the kernels can take them.

    Returns:
        How many query heads read each head of keys and values.
    """
    came = f"got query {tuple(query.shape)}, key {tuple(key.shape)}, value {tuple(value.shape)}"
    if not query.ndim == key.ndim == value.ndim == 4:
        raise ValueError(
            "query is (batch, n_heads, n_q, d), key and value are (batch, n_kv_heads, n_k, d); "
            + came
        )
    if key.shape != value.shape or (query.shape[0], query.shape[3]) != (key.shape[0], key.shape[3]):
        raise ValueError(
            f"batch and d of query, key and value are equal, and so are n_kv_heads and n_k; {came}"
        )
    if query.shape[3] not in WIDTHS:
        raise ValueError(f"d is one of {WIDTHS}; {came}")
    if key.shape[1] == 0 or query.shape[1] % key.shape[1]:
        raise ValueError(f"n_heads of query is a multiple of n_kv_heads of key; {came}")
    _require_kind(query, key, value)
    return query.shape[1] // key.shape[1]


def _require_kind(query: Tensor, key: Tensor, value: Tensor) -> None:
    """Raise TypeError unless the three are of one dtype and on one GPU."""
    kinds = [(str(x.dtype).removeprefix("torch."), str(x.device)) for x in (query, key, value)]
    came = "got " + ", ".join(f"{dtype} on {device}" for dtype, device in kinds)
    if len(set(kinds)) > 1 or query.dtype not in DTYPES:
        raise TypeError(
            f"query, key and value share a device and a dtype, float16, bfloat16 or float32; {came}"
        )
    if query.device.type != "cuda" and os.environ.get("TRITON_INTERPRET") != "1":
        raise TypeError(f"query, key and value are CUDA tensors; {came}")


def scale_of(scale: float | None, d: int) -> float:
    """Return the factor of the scores; ``1 / sqrt(d)`` if it was not given.

    Raises:
        ValueError: if it is not positive and finite. The kernels look for the highest score
            before they scale, so the order must stay.
    """
    factor = 1 / math.sqrt(d) if scale is None else float(scale)
    if not 0 < factor < math.inf:
        raise ValueError(f"scale is a positive finite number; got {factor}")
    return factor


def blocks_of(tensor: Tensor, rows: int) -> TensorDescriptor:
    """Describe a tensor (batch, heads, n, d), of which a kernel takes blocks of some rows.

    The copy engine of the GPU reads the description, so that a kernel computes no addresses:
    rows behind the last one are read as zeros and are not written. A tensor that the engine
    cannot address is copied first.
    """
    steps = [step * tensor.element_size() for step in tensor.stride()[:-1]]
    aligned = all(step > 0 and step % _ALIGNMENT == 0 for step in steps)
    if tensor.stride(-1) != 1 or tensor.data_ptr() % _ALIGNMENT or not aligned:
        tensor = tensor.clone(memory_format=contiguous_format)
    return TensorDescriptor(
        tensor, list(tensor.shape), list(tensor.stride()), [1, 1, rows, tensor.shape[-1]]
    )
