"""What every function here asks of its arrays: one library, one device, one floating dtype."""

import math
import operator
from itertools import zip_longest
from numbers import Real
from typing import Any, TypeAlias

import array_api_compat
import numpy as np

__all__ = [
    "Array",
    "dtype_name",
    "example_of",
    "library_of",
    "namespace_of",
    "narrow",
    "require_broadcast",
    "require_count",
    "require_integer",
    "require_number",
    "shape_of",
    "widen",
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
        TypeError: query has a real floating dtype; got int64
    """
    xp = library_of(**arrays)
    for name, array in arrays.items():
        if not xp.isdtype(array.dtype, "real floating"):
            raise TypeError(f"{name} has a real floating dtype; got {dtype_name(array)}")
    _require_one("dtype", {name: dtype_name(array) for name, array in arrays.items()})
    return xp


def library_of(**arrays: Array) -> Any:
    """Return the array library of ``arrays`` of any dtype, which lie on one device.

    Raises:
        TypeError: if an argument is not an array, or if library or device differ.
    """
    for name, array in arrays.items():
        if not array_api_compat.is_array_api_obj(array):
            raise TypeError(
                f"{name} is an array of NumPy, PyTorch or another Array API library; "
                f"got {type(array).__name__}"
            )
    _require_one("array library", {name: _library_name(a) for name, a in arrays.items()})
    _require_one("device", {name: str(array_api_compat.device(a)) for name, a in arrays.items()})
    return array_api_compat.array_namespace(*arrays.values())


def example_of(like: Array | None) -> Array:
    """Return the array that a result is to be like; one of NumPy, float64, for None."""
    return np.empty(0) if like is None else like


def shape_of(array: Array) -> str:
    """Return the shape as a reader writes it.

    Examples:
        >>> import numpy as np
        >>> shape_of(np.zeros((2, 3)))
        '(2, 3)'
    """
    return str(tuple(array.shape))


def dtype_name(array: Array) -> str:
    """Return the dtype without the library's own decoration (``torch.float32``)."""
    return str(array.dtype).rpartition(".")[2]


def require_broadcast(what: str, came: str, *shapes: tuple[int, ...]) -> tuple[int, ...]:
    """Return the shape that all ``shapes`` broadcast to, or raise ValueError.

    Args:
        what: the axes by name, for the error.
        came: what was passed, for the error.
        shapes: one or more shapes.

    Examples:
        >>> require_broadcast("batch axes", "", (2, 1), (3,))
        (2, 3)
    """
    found: list[int] = []
    for sizes in zip_longest(*(reversed(shape) for shape in shapes), fillvalue=1):
        own = set(sizes) - {1}
        if len(own) > 1:
            raise ValueError(f"{what} broadcast; {came}")
        found.append(own.pop() if own else 1)
    return tuple(reversed(found))


def require_integer(what: str, value: object) -> int:
    """Return an integer of Python, NumPy or another library as Python's.

    Raises:
        TypeError: if it is none; ``what`` says what is required.

    Examples:
        >>> import numpy as np
        >>> require_integer("d_k is an integer", np.int64(64))
        64
    """
    try:
        return operator.index(value)  # type: ignore[arg-type] # what has no index raises
    except TypeError:
        raise TypeError(f"{what}; got {type(value).__name__}") from None


def require_count(name: str, value: object, unit: str = "tokens", *, least: int = 0) -> int:
    """Return a count as Python's integer.

    Raises:
        TypeError: if it is no integer.
        ValueError: if it is less than ``least``.

    Examples:
        >>> require_count("n_heads", -1, "heads", least=1)
        Traceback (most recent call last):
        ValueError: n_heads is a number of heads, at least 1; got -1
    """
    count = require_integer(f"{name} is a number of {unit}, an integer", value)
    if count < least:
        raise ValueError(f"{name} is a number of {unit}, at least {least}; got {count}")
    return count


def require_number(what: str, value: object) -> float:
    """Return a number as Python's, so that NumPy's cannot promote float32 to float64.

    Raises:
        TypeError: if it is no real number; ``what`` says what is required.
        ValueError: if it is NaN or infinite.

    Examples:
        >>> require_number("scale is a finite number", 1)
        1.0
    """
    if not isinstance(value, Real):
        raise TypeError(f"{what}; got {type(value).__name__}")
    if not math.isfinite(value):
        raise ValueError(f"{what}; got {float(value)}")
    return float(value)


def widen(array: Array, xp: Any) -> Array:
    """Return float16 and bfloat16 as float32, anything wider as it is."""
    if xp.finfo(array.dtype).bits >= 32:
        return array
    return xp.astype(array, xp.float32)


def narrow(result: Array, like: Array, xp: Any) -> Array:
    """Return a result in the precision of ``like``, without a copy where it has it already."""
    return xp.astype(result, like.dtype, copy=False)


def _require_one(what: str, found: dict[str, str]) -> None:
    """Raise TypeError unless all arguments share one ``what``."""
    if len(set(found.values())) > 1:
        came = ", ".join(f"{name} {value}" for name, value in found.items())
        raise TypeError(f"{', '.join(found)} share one {what}; got {came}")


def _library_name(array: Array) -> str:
    """Return the array's library, e.g. ``numpy``."""
    return type(array).__module__.partition(".")[0]
