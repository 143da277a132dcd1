"""Shapes in the signatures of kernels, also where jaxtyping is not installed.

The measurements run on machines that have PyTorch and Triton alone. There, a signature says
``Float[Tensor, "batch n_q d"]`` as everywhere, and means a tensor.
"""

from typing import TYPE_CHECKING, Any

from torch import Tensor

if TYPE_CHECKING:
    from jaxtyping import Bool, Float, Int
else:
    try:
        from jaxtyping import Bool, Float, Int
    except ImportError:

        class Float:
            """Stands for jaxtyping's: subscripted, it is the type of the array."""

            def __class_getitem__(cls, of: tuple[Any, str]) -> Any:
                """Return the type without the shape."""
                return of[0]

        Bool = Int = Float

__all__ = ["Bool", "Float", "Int", "Tensor"]
