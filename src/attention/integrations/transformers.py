"""Let models of Hugging Face's transformers attend by the readable function of this package."""

import sys
import warnings
from functools import cache
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.modules.module import register_module_module_registration_hook
from transformers import AttentionInterface, AttentionMaskInterface, PreTrainedModel
from transformers.masking_utils import eager_mask

from attention.attention import attention_steps

__all__ = ["register"]

# What models hand to every attention function and what changes nothing here: the mask, which
# is made before, holds the window already, and the model itself keeps what it is asked for.
_HARMLESS = {
    "cache_position",
    "logits_to_keep",
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
    attend by :func:`attention.attention_steps`, with the masks, biases,
    sinks and, in training, the dropout of its own layers. The model
    computes what it computes with "eager", up to rounding, except for
    tokens of padding that see nothing: these get zeros. A mask is always
    made, so that the function need not guess whether a layer is causal.
    One that reaches a layer as integers raises TypeError.

    A model whose layers do not look for a registered function (Bloom,
    say) keeps its own attention, as with "eager", and a warning says so.
    A model that chooses from a table of its own (GPT-J, say) raises
    ValueError if it is made with the name; if it exists already,
    ``set_attn_implementation`` changes nothing in it, and transformers
    logs that. A layer that asks for what the function does not have
    (selected keys, a paged cache) raises ValueError when it is called.

    Args:
        name: the name by which models ask for it; a Python identifier
            that is not in use, unless for this function. "flash", "flex"
            and "sdpa" may not occur in it: transformers takes them for
            kernels of that kind.

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
        raise TypeError(f"name must be a string; got {type(name).__name__}")
    if not name.isidentifier():
        raise ValueError(f"name must be a Python identifier; got {name!r}")
    taken = {"eager", *AttentionInterface(), *AttentionMaskInterface()}
    if name in taken and AttentionInterface().get(name) is not _attend:
        raise ValueError(f"name must not be in use; got {name!r}")
    if any(kind in name for kind in ("flash", "flex", "sdpa")):
        raise ValueError(f"name must not hold 'flash', 'flex' or 'sdpa'; got {name!r}")
    AttentionMaskInterface.register(name, _mask)
    AttentionInterface.register(name, _attend)
    _watch_construction()


# ------------------------------------------------------------------------ what models are asked


@cache
def _watch_construction() -> None:
    """Look at each model while it is made, from now on: PyTorch calls the hook at each part."""
    register_module_module_registration_hook(_look_at)


def _look_at(module: nn.Module, _name: str, _part: nn.Module | None) -> None:
    """Raise, or warn, where a model that is being made with our function cannot use it."""
    if not isinstance(module, PreTrainedModel):
        return
    name = getattr(getattr(module, "config", None), "_attn_implementation", None)
    if isinstance(name, str) and AttentionInterface().get(name) is _attend:
        _require_choice(type(module).__module__, name)


@cache
def _require_choice(file: str, name: str) -> None:
    """Raise ValueError if models of a file cannot be made with our function.

    Warn, once, if they will not use it.
    """
    contents = vars(sys.modules[file])
    model = file.rpartition(".")[2].removeprefix("modeling_")
    for table, classes in contents.items():
        if table.endswith("_ATTENTION_CLASSES") and name not in classes:
            raise ValueError(
                f"attn_implementation of {model} must be one of {', '.join(classes)}, the keys of "
                f"{table}: use 'eager'; got {name!r}"
            )
    own = any(
        isinstance(part, type) and issubclass(part, nn.Module) and "Attention" in part.__name__
        for part in contents.values()
        if getattr(part, "__module__", None) == file
    )
    if own and "ALL_ATTENTION_FUNCTIONS" not in contents:
        warnings.warn(
            f"{model} looks for no registered attention and keeps its own, as with 'eager': "
            f"{name!r} changes nothing in it",
            stacklevel=2,
        )


# ----------------------------------------------------------------------------- what layers call


def _mask(*args: Any, **options: Any) -> Tensor:
    """Make the mask of a model as for "eager", also where a kernel could do without.

    It holds 0 where a query may look, and the lowest number of its dtype elsewhere. So it is
    right for our function and for a layer that adds it to scores itself.
    """
    mask: Tensor = eager_mask(*args, **options | {"allow_is_bidirectional_skip": False})
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
    position_bias: Tensor | None = None,
    s_aux: Tensor | None = None,
    **others: Any,
) -> tuple[Tensor, Tensor]:
    """Attend as a layer of a model asks for it.

    Args:
        module: the layer.
        query: ``(batch, n_heads, n_q, d_k)``.
        key: ``(batch, n_kv_heads, n_k, d_k)``.
        value: ``(batch, n_kv_heads, n_k, d_v)``.
        attention_mask: what :func:`_mask` made, or what the user gave.
        dropout: the share of weights that is set to zero in training;
            the others are divided by the share that is left.
        scaling: factor of the scores.
        softcap: bound of the scaled scores.
        is_causal: said by some layers; the mask shows it.
        position_bias: is added to the scores as the mask is.
        s_aux: sinks, ``(n_heads,)``.
        others: what else the layer says.

    Returns:
        The output, ``(batch, n_q, n_heads, d_v)``, and the weights.
    """
    _require_nothing_else(others)
    if attention_mask is None:
        _require_no_order(module, query.shape[2], is_causal, others.get("sliding_window"))
    dtype = torch.promote_types(query.dtype, torch.float32)  # in which all is computed anyway
    q, k, v = query.to(dtype), key.to(dtype), value.to(dtype)
    added = _joined(attention_mask, position_bias, dtype)
    sinks = None if s_aux is None else s_aux.to(dtype)
    steps = attention_steps(
        q, k, v, added, scale=scaling, softcap=softcap, enable_gqa=True, sinks=sinks
    )
    weights, output = steps.weights, steps.output
    if dropout and module.training:
        weights = nn.functional.dropout(weights, dropout)
        output = weights @ v.repeat_interleave(query.shape[1] // value.shape[1], dim=1)
    output = output.transpose(1, 2).contiguous()  # (batch, n_q, n_heads, d_v)
    return output.to(value.dtype), weights.to(query.dtype)


def _joined(
    attention_mask: Tensor | None, position_bias: Tensor | None, dtype: torch.dtype
) -> Tensor | None:
    """Return what is added to the scores: the bias, and -inf where a query may not look."""
    if attention_mask is None:
        return None if position_bias is None else position_bias.to(dtype)
    if attention_mask.dtype == torch.bool:
        hidden, added = ~attention_mask, torch.zeros((), dtype=dtype, device=attention_mask.device)
    elif attention_mask.is_floating_point():
        hidden = attention_mask <= torch.finfo(attention_mask.dtype).min
        added = attention_mask.to(dtype)
    else:
        kind = str(attention_mask.dtype).removeprefix("torch.")
        raise TypeError(f"attention_mask must be boolean or floating in a layer; got {kind}")
    if position_bias is not None:
        added = added + position_bias.to(dtype)
    return torch.where(hidden, -torch.inf, added)


def _require_nothing_else(others: dict[str, Any]) -> None:
    """Raise ValueError if a layer asks for more than the function has."""
    asked = {name for name, value in others.items() if value is not None and value is not False}
    unknown = ", ".join(sorted(asked - _HARMLESS))
    if unknown:
        raise ValueError(
            "a layer may ask for a mask, scaling, softcap, dropout, position_bias and s_aux alone, "
            f"or the model needs attn_implementation='eager'; got {unknown}"
        )


def _require_no_order(
    module: nn.Module, n_q: int, is_causal: bool | None, sliding_window: int | None
) -> None:
    """Raise ValueError if a layer without a mask means more than to show every key."""
    causal = getattr(module, "is_causal", False) if is_causal is None else is_causal
    if n_q > 1 and causal:
        raise ValueError("attention_mask must show what is causal; got None")
    if sliding_window is not None:
        raise ValueError("attention_mask must show the sliding window; got None")
