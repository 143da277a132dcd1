"""What every kernel requires of its tensors, and how it is told where they lie."""

import math
import operator
import os

from torch import Tensor, bfloat16, contiguous_format, float16, float32
from triton.tools.tensor_descriptor import TensorDescriptor

from attention.gpu._requirements import WIDTHS

__all__ = ["LN_2", "LOG2_E", "blocks_of", "integer_of", "require_heads", "scale_of"]

LOG2_E = 1 / math.log(2)  # exp(x) = exp2(x * LOG2_E): hardware has exp2 alone
LN_2 = math.log(2)

DTYPES = (float16, bfloat16, float32)
_ALIGNMENT = 16  # bytes: what the copy engine asks of addresses and strides


def require_heads(query: Tensor, key: Tensor, value: Tensor) -> int:
    """Raise unless the three fit together and the kernels can take them.

    Returns:
        How many query heads read each head of keys and values.
    """
    if not query.ndim == key.ndim == value.ndim == 4:
        raise ValueError(
            "query must be (batch, n_heads, n_q, d), key and value (batch, n_kv_heads, n_k, d); "
            f"got {_shapes_of(query, key, value)}"
        )
    if key.shape != value.shape or (query.shape[0], query.shape[3]) != (key.shape[0], key.shape[3]):
        raise ValueError(
            "query, key and value must have the same batch and d, key and value also the same "
            f"n_kv_heads and n_k; got {_shapes_of(query, key, value)}"
        )
    if query.shape[3] not in WIDTHS:
        raise ValueError(f"d must be one of {WIDTHS}; got {_shapes_of(query, key, value)}")
    if key.shape[1] == 0 or query.shape[1] % key.shape[1]:
        raise ValueError(
            "n_heads of query must be a multiple of n_kv_heads of key; "
            f"got {_shapes_of(query, key, value)}"
        )
    _require_kind(query, key, value)
    return query.shape[1] // key.shape[1]


def _require_kind(query: Tensor, key: Tensor, value: Tensor) -> None:
    """Raise TypeError unless the three are of one dtype and on one GPU."""
    kinds = [(x.dtype, x.device) for x in (query, key, value)]
    if len(set(kinds)) > 1 or query.dtype not in DTYPES:
        texts = (f"{str(dtype).removeprefix('torch.')} on {device}" for dtype, device in kinds)
        raise TypeError(
            "query, key and value must have the same device and dtype, float16, bfloat16 or "
            f"float32; got {', '.join(texts)}"
        )
    if query.device.type != "cuda" and os.environ.get("TRITON_INTERPRET") != "1":
        raise TypeError(f"query, key and value must be CUDA tensors; got {query.device}")


def _shapes_of(query: Tensor, key: Tensor, value: Tensor) -> str:
    """Return names and shapes, for an error."""
    return f"query {tuple(query.shape)}, key {tuple(key.shape)}, value {tuple(value.shape)}"


def scale_of(scale: float | None, d: int) -> float:
    """Return the factor of the scores; ``1 / sqrt(d)`` if it was not given.

    Raises:
        ValueError: if it is not positive and finite. The kernels look for the highest score
            before they scale, so the order must stay.
    """
    factor = 1 / math.sqrt(d) if scale is None else float(scale)
    if not 0 < factor < math.inf:
        raise ValueError(f"scale must be a positive finite number; got {factor}")
    return factor


def integer_of(name: str, value: object) -> int:
    """Return an integer of Python or NumPy as Python's, which Triton takes.

    Raises:
        TypeError: if it is none.
    """
    try:
        return operator.index(value)  # type: ignore[arg-type] # what has no index raises
    except TypeError:
        raise TypeError(f"{name} must be an integer; got {type(value).__name__}") from None


def blocks_of(tensor: Tensor, rows: int) -> TensorDescriptor:
    """Describe a tensor (batch, heads, n, d), of which a kernel takes blocks of some rows.

    The copy engine of the GPU reads the description, so that a kernel computes no addresses:
    rows after the last one are read as zeros and are not written. A tensor that the engine
    cannot address is copied first.
    """
    steps = [step * tensor.element_size() for step in tensor.stride()[:-1]]
    aligned = all(step > 0 and step % _ALIGNMENT == 0 for step in steps)
    if tensor.stride(-1) != 1 or tensor.data_ptr() % _ALIGNMENT or not aligned:
        tensor = tensor.clone(memory_format=contiguous_format)
    return TensorDescriptor(
        tensor, list(tensor.shape), list(tensor.stride()), [1, 1, rows, tensor.shape[-1]]
    )
