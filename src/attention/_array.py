"""What arrays must have in common: one library, one device, one floating dtype."""

import math
import operator
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from itertools import zip_longest
from numbers import Real
from typing import Any, TypeAlias

import array_api_compat
import numpy as np

__all__ = [
    "Array",
    "autocasts",
    "broadcast",
    "concat",
    "dtype_name",
    "example_of",
    "has_float64",
    "library_name",
    "library_of",
    "listed",
    "matmul",
    "namespace_of",
    "narrow",
    "require_count",
    "require_integer",
    "require_number",
    "require_positive",
    "shapes_of",
    "shows",
    "widen",
    "without_autocast",
]

Array: TypeAlias = Any
"""An array of NumPy, PyTorch, or any other library that follows the Array API standard."""


def namespace_of(**arrays: Array) -> Any:
    """Return the array library that all ``arrays`` belong to.

    Args:
        arrays: one or more arrays under the names by which an error should call them.

    Returns:
        The library's Array API namespace (``xp``).

    Raises:
        TypeError: if an argument is not an array, if its dtype is not a real floating one,
            or if library, dtype or device differ between the arguments.

    Examples:
        >>> import numpy as np
        >>> xp = namespace_of(query=np.array([9.0]))
        >>> xp.sqrt(np.array([9.0])).tolist()
        [3.0]
        >>> namespace_of(query=np.array([1, 2]))
        Traceback (most recent call last):
        TypeError: query must have a real floating dtype; got int64
    """
    xp, floating = library_of(**arrays), None
    for name, array in arrays.items():
        if array.dtype is floating:  # as the one before: on small arrays each question counts
            continue
        if not xp.isdtype(array.dtype, "real floating"):
            raise TypeError(f"{name} must have a real floating dtype; got {dtype_name(array)}")
        floating = array.dtype
    _require_same("dtype", lambda array: array.dtype, dtype_name, arrays)
    return xp


def library_of(**arrays: Array) -> Any:
    """Return the array library of ``arrays`` of any dtype, which lie on one device.

    Subclasses of a library's arrays belong to it. Refused are those that mean something else by
    the same operators: NumPy's masked arrays and matrices, PyTorch's masked tensors.

    Raises:
        TypeError: if an argument is not an array, or if library or device differ.
    """
    for name, array in arrays.items():
        if not _is_array(array):
            raise TypeError(
                f"{name} must be an array of NumPy, PyTorch or another Array API library; "
                f"got {type(array).__name__}"
            )
    first, *others = arrays.values()
    if any(type(array) is not type(first) for array in others):  # arrays of one class are of one
        _require_same("array library", array_api_compat.array_namespace, library_name, arrays)
    _require_same("device", _device_of, _device_name, arrays)
    return array_api_compat.array_namespace(first)


def example_of(like: Array | None) -> Array:
    """Return the array that a result is to be like; one of NumPy, float64, for None."""
    return np.empty(0) if like is None else like


def shapes_of(**arrays: Array) -> str:
    """Return names and shapes as a reader writes them.

    Examples:
        >>> import numpy as np
        >>> shapes_of(query=np.zeros((3, 7)), key=np.zeros((5, 7)))
        'query (3, 7), key (5, 7)'
    """
    return ", ".join(f"{name} {tuple(array.shape)}" for name, array in arrays.items())


def dtype_name(array: Array) -> str:
    """Return the dtype without the library's own decoration (``torch.float32``)."""
    return str(array.dtype).rpartition(".")[2]


def listed(names: Iterable[str]) -> str:
    """Return names as a sentence lists them.

    Examples:
        >>> listed(["query", "key", "value"])
        'query, key and value'
    """
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


def broadcast(*shapes: tuple[int, ...]) -> tuple[int, ...] | None:
    """Return the shape that all ``shapes`` broadcast to, or None if they do not.

    Examples:
        >>> broadcast((2, 1), (3,))
        (2, 3)
        >>> broadcast((2,), (3,)) is None
        True
    """
    shape: list[int] = []
    for sizes in zip_longest(*(reversed(shape) for shape in shapes), fillvalue=1):
        broad = 1
        for size in sizes:  # no set: PyTorch may leave a size open, and what is open has no hash
            if broad == 1:
                broad = size
            elif size not in (1, broad):
                return None
        shape.append(broad)
    return tuple(reversed(shape))


def require_integer(name: str, value: object) -> int:
    """Return an integer of Python, NumPy or another library as Python's.

    A size that PyTorch leaves open while it records stays open.

    Raises:
        TypeError: if it is none.

    Examples:
        >>> import numpy as np
        >>> require_integer("d_k", np.int64(64))
        64
    """
    if type(value) is int or _is_open_size(value):
        return value  # type: ignore[return-value] # an open size computes as an int does
    try:
        return operator.index(value)  # type: ignore[arg-type] # what has no index raises
    except TypeError:
        raise TypeError(f"{name} must be an integer; got {type(value).__name__}") from None


def require_count(name: str, value: object, *, least: int = 0) -> int:
    """Return a count as Python's integer.

    Raises:
        TypeError: if it is not an integer.
        ValueError: if it is less than ``least``.

    Examples:
        >>> require_count("n_heads", -1, least=1)
        Traceback (most recent call last):
        ValueError: n_heads must be at least 1; got -1
    """
    count = require_integer(name, value)
    if count < least:
        raise ValueError(f"{name} must be at least {least}; got {count}")
    return count


def require_number(name: str, value: object) -> float:
    """Return a finite number as Python's, so that NumPy's cannot promote float32 to float64.

    Raises:
        TypeError: if it is not a real number.
        ValueError: if it is NaN or infinite.

    Examples:
        >>> require_number("scale", 1)
        1.0
    """
    if not isinstance(value, Real):
        raise TypeError(f"{name} must be a finite number; got {type(value).__name__}")
    if not math.isfinite(value):
        raise ValueError(f"{name} must be a finite number; got {float(value)}")
    return float(value)


def require_positive(name: str, value: object) -> float:
    """Return a positive finite number as Python's.

    Raises:
        TypeError: if it is not a real number.
        ValueError: if it is NaN, infinite, zero or negative.

    Examples:
        >>> require_positive("softcap", 0.0)
        Traceback (most recent call last):
        ValueError: softcap must be a positive finite number; got 0.0
    """
    if not isinstance(value, Real):
        raise TypeError(f"{name} must be a positive finite number; got {type(value).__name__}")
    number = float(value)
    if not 0 < number < math.inf:
        raise ValueError(f"{name} must be a positive finite number; got {value}")
    return number


def has_float64(array: Array, xp: Any) -> bool:
    """Return whether the device of an array has float64; Apple's GPUs and JAX by default do not."""
    if array_api_compat.is_torch_array(array):
        return array.device.type != "mps"
    device = array_api_compat.device(array)
    return "float64" in xp.__array_namespace_info__().dtypes(device=device, kind="real floating")


def shows(array: Array, ask: Callable[[Array], Array]) -> bool:
    """Return whether what is asked of an array holds; False where its values are unknown.

    They are unknown while ``torch.compile``, ``torch.export``, ``vmap`` or JAX record what to
    compute with any values, and in tensors without contents (meta, fake).
    """
    if array_api_compat.is_torch_array(array):
        import torch  # noqa: PLC0415 - whoever has a tensor has it

        if torch.compiler.is_compiling():
            return False
    try:
        return bool(ask(array))
    except (RuntimeError, TypeError):  # PyTorch's and JAX's: there is no value
        return False


def matmul(a: Array, b: Array) -> Array:
    """Return ``a @ b`` in the precision of the factors, also under ``torch.autocast``.

    With autocast on, PyTorch would round the factors to float16 or bfloat16 first.
    """
    if not array_api_compat.is_torch_array(a) or not autocasts(a.device.type):
        return a @ b
    with without_autocast(a.device.type):
        return a @ b


def concat(arrays: Sequence[Array], axis: int, xp: Any) -> Array:
    """Put arrays of one dtype one after another, also under ``torch.autocast``.

    With autocast on, PyTorch refuses float16 where bfloat16 is the dtype of autocast.
    """
    if not array_api_compat.is_torch_array(arrays[0]):
        return xp.concat(arrays, axis=axis)
    with without_autocast(arrays[0].device.type):
        return xp.concat(arrays, axis=axis)


def without_autocast(device: str) -> AbstractContextManager[Any]:
    """Return a context in which ``torch.autocast`` is off on devices of this kind."""
    if not autocasts(device):
        return nullcontext()
    import torch  # noqa: PLC0415 - whoever has a tensor has it

    return torch.autocast(device, enabled=False)


def autocasts(device: str) -> bool:
    """Return whether ``torch.autocast`` is on for devices of this kind."""
    import torch  # noqa: PLC0415 - whoever has a tensor has it

    return torch.amp.is_autocast_available(device) and torch.is_autocast_enabled(device)


def widen(array: Array, xp: Any) -> Array:
    """Return float16 and bfloat16 as float32, anything wider as it is."""
    if xp.finfo(array.dtype).bits >= 32:
        return array
    return xp.astype(array, xp.float32)


def narrow(result: Array, like: Array, xp: Any) -> Array:
    """Return a result in the precision of ``like``, without a copy where it has it already."""
    return xp.astype(result, like.dtype, copy=False)


def _require_same(
    what: str,
    value_of: Callable[[Array], Any],
    name_of: Callable[[Array], str],
    arrays: dict[str, Array],
) -> None:
    """Raise TypeError unless all arguments have the same library, dtype or device, where known."""
    values = [value_of(array) for array in arrays.values()]
    known = [value for value in values if value is not None]  # JAX tells no device as it records
    if known and known.count(known[0]) < len(known):
        pairs = ", ".join(f"{name} {name_of(array)}" for name, array in arrays.items())
        raise TypeError(f"{listed(arrays)} must have the same {what}; got {pairs}")


def library_name(array: Array) -> str:
    """Return the array's library, e.g. ``numpy``."""
    name: str = array_api_compat.array_namespace(array).__name__
    return name.removeprefix("array_api_compat.").removesuffix(".numpy")


def _device_name(array: Array) -> str:
    """Return the array's device, e.g. ``cuda:0``."""
    return str(array_api_compat.device(array))


def _device_of(array: Array) -> Any:
    """Return where an array lies; PyTorch is asked first, for whom the standard's way is slow."""
    if array_api_compat.is_torch_array(array):
        return array.device
    return array_api_compat.device(array)


def _is_array(array: object) -> bool:
    """Return whether this is an array, of a class that means by its operators what arrays mean."""
    if type(array) is np.ndarray:  # as nearly always; NumPy's masked arrays are not imported then
        return True
    if isinstance(array, np.ndarray):
        return not isinstance(array, np.ma.MaskedArray | np.matrix)
    return array_api_compat.is_array_api_obj(array) and type(array).__name__ != "MaskedTensor"


def _is_open_size(value: object) -> bool:
    """Return whether a value is a size that PyTorch leaves open while it records."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.SymInt)
