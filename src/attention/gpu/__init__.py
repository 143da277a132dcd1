"""Attention on a GPU: kernels of our own, and one function that takes the first way that fits.

Each name is imported when it is first used, so the package can be imported without Triton,
which only the kernels need. ``python -m attention.gpu.bench`` checks and measures them; it needs
PyTorch, Triton, NumPy and jaxtyping.
"""

from typing import TYPE_CHECKING

from attention._lazy import on_first_use

if TYPE_CHECKING:
    from attention.gpu.decode import flash_decode
    from attention.gpu.dispatch import Choice, explain, scaled_dot_product_attention
    from attention.gpu.forward import flash_attention
else:
    __getattr__, __dir__ = on_first_use(
        __name__,
        {
            "attention.gpu.decode": ["flash_decode"],
            "attention.gpu.dispatch": ["Choice", "explain", "scaled_dot_product_attention"],
            "attention.gpu.forward": ["flash_attention"],
        },
    )

__all__ = ["Choice", "explain", "flash_attention", "flash_decode", "scaled_dot_product_attention"]
