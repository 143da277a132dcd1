"""What every function here asks of its arrays: one library, one device, one floating dtype."""

from typing import Any, TypeAlias

import array_api_compat

__all__ = ["Array", "namespace_of", "shape_of"]

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
    for name, array in arrays.items():
        if not array_api_compat.is_array_api_obj(array):
            raise TypeError(
                f"{name} is an array of NumPy, PyTorch or another Array API library; "
                f"got {type(array).__name__}"
            )
    libraries = {name: array_api_compat.array_namespace(a) for name, a in arrays.items()}
    _require_one("array library", {name: _library_name(a) for name, a in arrays.items()})
    for name, array in arrays.items():
        if not libraries[name].isdtype(array.dtype, "real floating"):
            raise TypeError(f"{name} has a real floating dtype; got {_dtype_name(array)}")
    _require_one("dtype", {name: _dtype_name(a) for name, a in arrays.items()})
    _require_one("device", {name: str(array_api_compat.device(a)) for name, a in arrays.items()})
    return next(iter(libraries.values()))


def shape_of(array: Array) -> str:
    """Return the shape as a reader writes it.

    Examples:
        >>> import numpy as np
        >>> shape_of(np.zeros((2, 3)))
        '(2, 3)'
    """
    return str(tuple(array.shape))


def _require_one(what: str, found: dict[str, str]) -> None:
    """Raise TypeError unless all arguments share one ``what``."""
    if len(set(found.values())) > 1:
        came = ", ".join(f"{name} {value}" for name, value in found.items())
        raise TypeError(f"{', '.join(found)} share one {what}; got {came}")


def _library_name(array: Array) -> str:
    """Return the array's library, e.g. ``numpy``."""
    return type(array).__module__.partition(".")[0]


def _dtype_name(array: Array) -> str:
    """Return the dtype without the library's own decoration (``torch.float32``)."""
    return str(array.dtype).rpartition(".")[2]
