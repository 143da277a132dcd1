"""Multi-head attention as a layer of PyTorch."""

from typing import Any

import torch
from torch import Tensor, nn

from attention._array import autocasts, require_count
from attention.attention import scaled_dot_product_attention
from attention.kv_cache import KVCache, cached_attention
from attention.multi_head import join_heads, split_heads
from attention.position import rotary
from attention.qkv import QKV

__all__ = ["MultiHeadAttention"]


class MultiHeadAttention(nn.Module):
    """Project, split into heads, attend, join, project.

    The same as :func:`attention.multi_head.multi_head_attention`, with
    parameters that learn. ``load_state_dict`` also takes the state of a
    ``torch.nn.MultiheadAttention``, and refuses one with
    ``add_bias_kv``, ``kdim`` or ``vdim``. A state does not tell
    everything: that layer must have the same number of heads, take
    batches first, and have no ``add_zero_attn``, or the two compute
    different things.

    Under ``torch.autocast`` the projections compute in its dtype, and
    attention between them in float32, as it does with half precision.

    Args:
        d_model: width of a token, in features; a multiple of n_heads.
        n_heads: how many heads of queries.
        n_kv_heads: how many heads of keys and values they share, a
            divisor of n_heads; all have their own if not given.
        bias: whether each projection adds a learned vector.

    Raises:
        TypeError: if d_model or a number of heads is not an integer.
        ValueError: if one is less than 1, n_heads does not divide
            d_model, or n_kv_heads does not divide n_heads.

    Source:
        Vaswani et al. 2017, arXiv:1706.03762, section 3.2.2.

    Examples:
        >>> import torch
        >>> layer = MultiHeadAttention(d_model=6, n_heads=3, n_kv_heads=1)
        >>> layer(torch.zeros(2, 5, 6)).shape
        torch.Size([2, 5, 6])
    """

    def __init__(
        self,
        d_model: int,
        n_heads: int,
        *,
        n_kv_heads: int | None = None,
        bias: bool = True,
    ) -> None:
        """Make the four projections, with PyTorch's usual random parameters."""
        super().__init__()
        n_kv = n_heads if n_kv_heads is None else n_kv_heads
        require_count("d_model", d_model, least=1)
        require_count("n_heads", n_heads, least=1)
        require_count("n_kv_heads", n_kv, least=1)
        if d_model % n_heads:
            raise ValueError(
                f"n_heads must divide d_model; got n_heads {n_heads}, d_model {d_model}"
            )
        if n_heads % n_kv:
            raise ValueError(
                f"n_kv_heads must divide n_heads; got n_kv_heads {n_kv}, n_heads {n_heads}"
            )
        self.n_heads, self.n_kv_heads = n_heads, n_kv
        kv_width = d_model // n_heads * n_kv
        self.q_proj = nn.Linear(d_model, d_model, bias=bias)
        self.k_proj = nn.Linear(d_model, kv_width, bias=bias)
        self.v_proj = nn.Linear(d_model, kv_width, bias=bias)
        self.out_proj = nn.Linear(d_model, d_model, bias=bias)
        self.register_load_state_dict_pre_hook(_translate)  # type: ignore[no-untyped-call]

    def project(
        self,
        x: Tensor,
        context: Tensor | None = None,
        *,
        positions: Tensor | None = None,
    ) -> QKV:
        """Return queries, keys and values, one table per head.

        Args:
            x: the tokens of the queries, ``(*batch, n, d_model)``.
            context: the tokens of the keys and values,
                ``(*batch, n_k, d_model)``; x if not given.
            positions: where the tokens of x stand, ``(n,)``, or
                ``(*batch, n)`` if texts differ; turns queries and keys
                by it. Not with a context.

        Returns:
            ``(*batch, heads, tokens, d)`` each.

        Raises:
            ValueError: if positions come with a context, or do not fit.
        """
        source = x if context is None else context
        query = split_heads(self.q_proj(x), self.n_heads)
        key = split_heads(self.k_proj(source), self.n_kv_heads)
        value = split_heads(self.v_proj(source), self.n_kv_heads)
        if positions is None:
            return QKV(query, key, value)
        if context is not None:
            raise ValueError("positions must come without a context, being those of x; got both")
        places = positions[..., None, :] if positions.ndim > 1 else positions  # all heads alike
        return QKV(rotary(query, places), rotary(key, places), value)

    def forward(
        self,
        x: Tensor,
        context: Tensor | None = None,
        *,
        attn_mask: Tensor | None = None,
        is_causal: bool = False,
        positions: Tensor | None = None,
        cache: KVCache | None = None,
        scale: float | None = None,
    ) -> Tensor:
        """Return what each token of x gathers from the context.

        Args:
            x: the tokens of the queries, ``(*batch, n, d_model)``.
            context: the tokens of the keys and values,
                ``(*batch, n_k, d_model)``; x if not given.
            attn_mask: broadcasts to ``(*batch, n_heads, n, n_k)``; True
                is visible, or numbers to be added to the scaled scores.
                With a cache, n_k counts the keys that are read, as for
                :func:`~attention.kv_cache.cached_attention`.
            is_causal: query i sees key j if ``j <= i``.
            positions: turn queries and keys by where the tokens stand,
                as for :meth:`project`.
            cache: keys and values of the tokens before x, to which
                those of x are added; with it, attention is causal in
                any case.
            scale: factor of the scores; ``1 / sqrt(d_k)`` if not given.

        Returns:
            As many tokens as x, ``(*batch, n, d_model)``.

        Raises:
            TypeError: if a mask or a cache is of a wrong dtype or device.
            ValueError: if a context comes with positions or a cache,
                positions, a mask or a cache do not fit, or scale is not
                finite.
        """
        projected = self.project(x, context, positions=positions)
        query, key, value = _widened(projected, attn_mask, cache)
        if cache is None:
            heads = scaled_dot_product_attention(
                query,
                key,
                value,
                attn_mask,
                is_causal=is_causal,
                scale=scale,
                enable_gqa=True,
            )
        elif context is None:
            heads = cached_attention(query, key, value, cache, attn_mask=attn_mask, scale=scale)
        else:
            raise ValueError("a cache must come without a context, holding past tokens; got both")
        joined: Tensor = self.out_proj(join_heads(heads))
        return joined


def _widened(qkv: QKV, attn_mask: Tensor | None, cache: KVCache | None) -> QKV:
    """Return what autocast narrowed as wide as the mask and the cache, which it does not narrow."""
    if not autocasts(qkv.query.device.type):
        return qkv
    dtype = qkv.query.dtype
    if attn_mask is not None and attn_mask.is_floating_point():
        dtype = torch.promote_types(dtype, attn_mask.dtype)
    if cache is not None:
        dtype = torch.promote_types(dtype, cache.dtype)
    return QKV(*(tensor.to(dtype) for tensor in qkv))


def _translate(module: nn.Module, state: dict[str, Any], prefix: str, *_: Any) -> None:
    """Name the tensors of torch.nn.MultiheadAttention as they are named here.

    Raises:
        ValueError: if there are tensors that mean something which this layer does not have.
    """
    lacks = {
        "bias_k": "without add_bias_kv",
        "bias_v": "without add_bias_kv",
        "k_proj_weight": "with kdim and vdim equal to embed_dim",
    }
    for name, condition in lacks.items():
        if f"{prefix}{name}" in state:
            raise ValueError(
                f"a torch.nn.MultiheadAttention must be made {condition} to be loaded; got {name}"
            )
    for kind in ("weight", "bias"):
        packed = state.pop(f"{prefix}in_proj_{kind}", None)
        if packed is None:
            continue
        for name, part in zip("qkv", packed.chunk(3), strict=True):
            state[f"{prefix}{name}_proj.{kind}"] = part
