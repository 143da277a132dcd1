"""Attention, one concept a module, in the order of the chapters of the book.

Every function takes NumPy arrays, PyTorch tensors, or arrays of any other library that
follows the Python Array API standard, and answers in kind: same library, same dtype,
same device. The whole formula stands here; what it is made of lies in its modules.
"""

from typing import TYPE_CHECKING

from attention._lazy import on_first_use

if TYPE_CHECKING:
    from attention.attention import AttentionSteps, attention_steps, scaled_dot_product_attention
else:
    __getattr__, __dir__ = on_first_use(
        __name__,
        {
            "AttentionSteps": "attention.attention",
            "attention_steps": "attention.attention",
            "scaled_dot_product_attention": "attention.attention",
        },
    )

__all__ = ["AttentionSteps", "attention_steps", "scaled_dot_product_attention"]
