"""Let models of Hugging Face's transformers attend by the readable function of this package."""

from typing import Any

from torch import Tensor, nn
from transformers import AttentionInterface, AttentionMaskInterface
from transformers.masking_utils import sdpa_mask

from attention.attention import attention_steps

__all__ = ["register"]

# What models hand to every attention function and what changes nothing here: the mask, which
# is made before, holds the window already, and the model itself keeps what it is asked for.
_HARMLESS = {
    "cache_position",
    "num_items_in_batch",
    "output_attentions",
    "output_hidden_states",
    "output_router_logits",
    "position_ids",
    "return_dict",
    "sliding_window",
    "use_cache",
}


def register(name: str = "checked_attention") -> None:
    """Make this package an attention implementation of transformers.

    From then on ``model.set_attn_implementation(name)``, or
    ``attn_implementation=name`` where a model is made, has the model
    attend by :func:`attention.attention_steps`. Masks are boolean and
    always made, so that no causality is left to be guessed. A token of
    padding that sees nothing gets zeros.

    Where a model asks for what the function does not have (dropout in
    training, attention sinks, a bias by position, a paged cache), it
    raises ValueError, and ignores nothing. A model that has no choice of
    attention (Bloom, say) keeps its own, and transformers warns of it.

    Args:
        name: by which models ask for it; a Python identifier that is
            not in use. "flash", "flex" and "sdpa" may not occur in it:
            transformers takes them for kernels of that kind.

    Raises:
        TypeError: if name is not a string.
        ValueError: if name is not an identifier, is in use, or is taken
            for a kernel.

    Examples:
        >>> from transformers import LlamaConfig
        >>> register()
        >>> config = LlamaConfig(attn_implementation="checked_attention")
    """
    if not isinstance(name, str):
        raise TypeError(f"name is a string; got {type(name).__name__}")
    if not name.isidentifier():
        raise ValueError(f"name is a Python identifier; got {name!r}")
    taken = {"eager", *AttentionInterface(), *AttentionMaskInterface()}
    if name in taken and AttentionInterface().get(name) is not _attend:
        raise ValueError(f"name is not in use; got {name!r}")
    if any(kind in name for kind in ("flash", "flex", "sdpa")):
        raise ValueError(f"name holds no 'flash', 'flex' or 'sdpa'; got {name!r}")
    AttentionMaskInterface.register(name, _visible)
    AttentionInterface.register(name, _attend)


def _visible(*args: Any, **options: Any) -> Tensor:
    """Make the boolean mask of a model, True = visible, also where a kernel could do without."""
    always = {"allow_is_causal_skip": False, "allow_is_bidirectional_skip": False}
    mask: Tensor = sdpa_mask(*args, **options | always)
    return mask  # (batch, 1, n_q, n_k)


def _attend(
    module: nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    dropout: float = 0.0,
    scaling: float | None = None,
    softcap: float | None = None,
    is_causal: bool | None = None,
    **others: Any,
) -> tuple[Tensor, Tensor]:
    """Attend as a layer of a model asks for it.

    Args:
        module: the layer.
        query: ``(batch, n_heads, n_q, d_k)``.
        key: ``(batch, n_kv_heads, n_k, d_k)``.
        value: ``(batch, n_kv_heads, n_k, d_v)``.
        attention_mask: what :func:`_visible` made, or what the user gave.
        dropout: 0; there is none here.
        scaling: factor of the scores.
        softcap: bound of the scaled scores.
        is_causal: said by some layers; the mask shows it.
        others: what else the layer says.

    Returns:
        The output, ``(batch, n_q, n_heads, d_v)``, and the weights.
    """
    if dropout:
        raise ValueError(
            "dropout of attention weights is 0: call model.eval(), or set it to 0 in the model's "
            f"configuration; got {dropout}"
        )
    _require_nothing_else(others)
    if attention_mask is None:
        _require_no_order(module, query.shape[2], is_causal, others.get("sliding_window"))
    steps = attention_steps(
        query, key, value, attention_mask, scale=scaling, softcap=softcap, enable_gqa=True
    )
    output = steps.output.transpose(1, 2).contiguous()  # (batch, n_q, n_heads, d_v)
    return output, steps.weights.to(query.dtype)


def _require_nothing_else(others: dict[str, Any]) -> None:
    """Raise ValueError if a layer asks for more than the function has."""
    asked = {name for name, value in others.items() if value is not None and value is not False}
    unknown = ", ".join(sorted(asked - _HARMLESS))
    if unknown:
        raise ValueError(f"a layer asks for a mask, scaling and softcap alone; got {unknown}")


def _require_no_order(
    module: nn.Module, n_q: int, is_causal: bool | None, sliding_window: int | None
) -> None:
    """Raise ValueError if a layer without a mask means more than to show every key."""
    causal = getattr(module, "is_causal", False) if is_causal is None else is_causal
    if n_q > 1 and causal:
        raise ValueError("attention_mask shows what is causal; got None")
    if sliding_window is not None:
        raise ValueError("attention_mask shows the sliding window; got None")
