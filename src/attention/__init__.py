"""Attention, one concept per module, in the order of the chapters of the book.

Every function of these modules takes NumPy arrays, PyTorch tensors, or arrays of any other
library that follows the Python Array API standard, and answers in kind: same library, same
device, and same dtype, where an entry does not say otherwise. (``attention.nn`` and the kernels
of ``attention.gpu`` take PyTorch's tensors alone, the models of :mod:`attention.trained` NumPy's
arrays.) ``torch.autocast`` does not change this;
the layers of ``attention.nn`` say what it means there. ``torch.compile``, ``torch.export``,
``vmap`` and JAX may record the functions: what an array holds is then not checked, only its
shape and dtype. A cache is written in place; JAX's arrays cannot be, so they serve in no cache.

Each name is imported when it is first used. What is not here stands in its module: names that
say too little alone, such as ``merge`` of :mod:`attention.tiling`, and ``softmax``, which would
hide the module :mod:`attention.softmax`.
"""

from typing import TYPE_CHECKING

from attention._lazy import on_first_use

if TYPE_CHECKING:
    from attention.attention import AttentionSteps, attention_steps, scaled_dot_product_attention
    from attention.dot_product import l2_normalize
    from attention.gradients import AttentionGradients, attention_gradients
    from attention.kv_cache import (
        AttentionCost,
        KVCache,
        SlidingWindowKVCache,
        cached_attention,
        cached_attention_cost,
    )
    from attention.masking import causal_mask, padding_mask, sliding_window_mask
    from attention.multi_head import join_heads, multi_head_attention, split_heads
    from attention.position import alibi_bias, rotary, sinusoidal
    from attention.qkv import QKV, project_qkv
    from attention.scaling import scale_scores, soft_cap
    from attention.score_functions import (
        additive_scores,
        bilinear_scores,
        cosine_scores,
        negative_squared_distance_scores,
    )
    from attention.scores import dot_product_scores
    from attention.similarity import angle_degrees, cosine_similarity, squared_distance
    from attention.softmax import effective_number
    from attention.tiling import tiled_attention
    from attention.trained import load_encoder
else:
    __getattr__, __dir__ = on_first_use(
        __name__,
        {
            "attention.attention": [
                "AttentionSteps",
                "attention_steps",
                "scaled_dot_product_attention",
            ],
            "attention.dot_product": ["l2_normalize"],
            "attention.gradients": ["AttentionGradients", "attention_gradients"],
            "attention.kv_cache": [
                "AttentionCost",
                "KVCache",
                "SlidingWindowKVCache",
                "cached_attention",
                "cached_attention_cost",
            ],
            "attention.masking": ["causal_mask", "padding_mask", "sliding_window_mask"],
            "attention.multi_head": ["join_heads", "multi_head_attention", "split_heads"],
            "attention.position": ["alibi_bias", "rotary", "sinusoidal"],
            "attention.qkv": ["QKV", "project_qkv"],
            "attention.scaling": ["scale_scores", "soft_cap"],
            "attention.score_functions": [
                "additive_scores",
                "bilinear_scores",
                "cosine_scores",
                "negative_squared_distance_scores",
            ],
            "attention.scores": ["dot_product_scores"],
            "attention.similarity": ["angle_degrees", "cosine_similarity", "squared_distance"],
            "attention.softmax": ["effective_number"],
            "attention.tiling": ["tiled_attention"],
            "attention.trained": ["load_encoder"],
        },
    )

__all__ = [
    "QKV",
    "AttentionCost",
    "AttentionGradients",
    "AttentionSteps",
    "KVCache",
    "SlidingWindowKVCache",
    "additive_scores",
    "alibi_bias",
    "angle_degrees",
    "attention_gradients",
    "attention_steps",
    "bilinear_scores",
    "cached_attention",
    "cached_attention_cost",
    "causal_mask",
    "cosine_scores",
    "cosine_similarity",
    "dot_product_scores",
    "effective_number",
    "join_heads",
    "l2_normalize",
    "load_encoder",
    "multi_head_attention",
    "negative_squared_distance_scores",
    "padding_mask",
    "project_qkv",
    "rotary",
    "scale_scores",
    "scaled_dot_product_attention",
    "sinusoidal",
    "sliding_window_mask",
    "soft_cap",
    "split_heads",
    "squared_distance",
    "tiled_attention",
]
