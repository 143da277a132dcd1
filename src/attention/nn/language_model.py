"""A small decoder-only language model, whose attention is that of this package."""

import torch
from torch import Tensor, nn

from attention._array import require_count
from attention.kv_cache import KVCache
from attention.nn.multi_head import MultiHeadAttention

__all__ = ["DecoderBlock", "LanguageModel", "generate"]


class DecoderBlock(nn.Module):
    """One layer: attention to earlier tokens, then an MLP on each token alone.

    Each of the two reads its input normalised (RMSNorm) and adds its
    result to that input. So what it computes hardly depends on how long
    the vectors of the tokens have become.

    Args:
        d_model: width of a token, in features; a head is
            ``d_model / n_heads`` wide, an even number.
        n_heads: how many heads of queries.
        n_kv_heads: how many heads of keys and values they share, a
            divisor of n_heads.

    Raises:
        TypeError: if d_model or a number of heads is not an integer.
        ValueError: if one is less than 1, n_heads does not divide
            d_model, ``d_model / n_heads`` is odd, or n_kv_heads does
            not divide n_heads.

    Source:
        Xiong et al. 2020, arXiv:2002.04745, section 3, and Zhang and
        Sennrich 2019, arXiv:1910.07467, section 3.

    Examples:
        >>> block = DecoderBlock(d_model=8, n_heads=2, n_kv_heads=1)
        >>> block(torch.zeros(2, 5, 8), torch.arange(5)).shape
        torch.Size([2, 5, 8])
    """

    def __init__(self, d_model: int, n_heads: int, n_kv_heads: int) -> None:
        """Make the layer, with random parameters."""
        super().__init__()
        self.attention_norm = nn.RMSNorm(d_model)
        self.attention = MultiHeadAttention(d_model, n_heads, n_kv_heads=n_kv_heads, bias=False)
        if d_model // n_heads % 2:  # rotary positions turn pairs
            raise ValueError(
                f"d_model / n_heads must be even; got d_model {d_model}, n_heads {n_heads}"
            )
        self.mlp_norm = nn.RMSNorm(d_model)
        self.mlp = nn.Sequential(
            nn.Linear(d_model, 4 * d_model), nn.GELU(), nn.Linear(4 * d_model, d_model)
        )

    def forward(
        self,
        x: Tensor,
        positions: Tensor,
        cache: KVCache | None = None,
    ) -> Tensor:
        """Return the tokens after this layer, ``(*batch, n, d_model)``.

        Args:
            x: the tokens before it, of the same shape.
            positions: where they stand, ``(n,)``.
            cache: keys and values of the tokens before x, to which
                those of x are added.
        """
        x = x + self.attention(
            self.attention_norm(x), is_causal=cache is None, positions=positions, cache=cache
        )
        mixed: Tensor = x + self.mlp(self.mlp_norm(x))
        return mixed


class LanguageModel(nn.Module):
    """Score, after each token, every token of the vocabulary as the next.

    Rotary positions and grouped queries, as in many of today's large
    models; one matrix serves for the embedding and for the logits.

    Args:
        n_tokens: size of the vocabulary.
        d_model: width of a token, in features; a head is
            ``d_model / n_heads`` wide, an even number.
        n_heads: how many heads of queries in each layer.
        n_kv_heads: how many heads of keys and values they share, a
            divisor of n_heads.
        n_layers: how many layers.

    Raises:
        TypeError: as :class:`DecoderBlock` does.
        ValueError: as :class:`DecoderBlock` does.

    Examples:
        >>> model = LanguageModel(n_tokens=11)
        >>> model(torch.tensor([[3, 1, 4]])).shape
        torch.Size([1, 3, 11])
    """

    def __init__(
        self,
        n_tokens: int,
        *,
        d_model: int = 64,
        n_heads: int = 4,
        n_kv_heads: int = 2,
        n_layers: int = 2,
    ) -> None:
        """Make the model, with random parameters."""
        super().__init__()
        self.embedding = nn.Embedding(n_tokens, d_model)
        nn.init.normal_(self.embedding.weight, std=d_model**-0.5)  # logits of size 1 at the start
        self.blocks = nn.ModuleList(
            DecoderBlock(d_model, n_heads, n_kv_heads) for _ in range(n_layers)
        )
        self.n_kv_heads, self.d_k = n_kv_heads, d_model // n_heads
        self.norm = nn.RMSNorm(d_model)

    def forward(
        self,
        tokens: Tensor,
        caches: list[KVCache] | None = None,
    ) -> Tensor:
        """Return the logits of what comes next.

        Args:
            tokens: their numbers, ``(batch, n)``.
            caches: one per layer, holding the tokens before these; these
                are added. Without caches, these are the first tokens.

        Returns:
            ``(batch, n, n_tokens)``.

        Raises:
            ValueError: if there are more or fewer caches than layers, if
                they differ in length, or have no room.
        """
        past = 0 if caches is None else self._n_past(caches)
        positions = torch.arange(past, past + tokens.shape[-1], device=tokens.device)
        x = self.embedding(tokens)  # (batch, n, d_model)
        for i, block in enumerate(self.blocks):
            x = block(x, positions, None if caches is None else caches[i])
        logits: Tensor = self.norm(x) @ self.embedding.weight.T
        return logits

    def _n_past(self, caches: list[KVCache]) -> int:
        """Return how many tokens the caches hold, or raise if they are not those of one text."""
        if len(caches) != len(self.blocks):
            raise ValueError(
                f"caches must be as many as layers, {len(self.blocks)}; got {len(caches)}"
            )
        lengths = [cache.length for cache in caches]
        if any(length != lengths[0] for length in lengths):  # a set would compile each length anew
            raise ValueError(
                "caches must hold equally many tokens; "
                f"got {', '.join(str(length) for length in sorted(set(lengths)))}"
            )
        return lengths[0]

    def empty_caches(self, batch: int, capacity: int) -> list[KVCache]:
        """Return an empty cache for each layer.

        Args:
            batch: how many texts.
            capacity: room for how many tokens of each.
        """
        return [
            KVCache.empty(
                (batch,), self.n_kv_heads, capacity, self.d_k, self.d_k, like=self.embedding.weight
            )
            for _ in self.blocks
        ]


@torch.no_grad()
def generate(
    model: LanguageModel,
    prompt: Tensor,
    n_new: int,
    *,
    use_cache: bool = True,
) -> Tensor:
    """Append the likeliest next token, ``n_new`` times.

    With a cache, the model reads the prompt once, and after it only the
    token that it wrote last; without, it reads the whole text each time.

    Args:
        model: scores the next token.
        prompt: numbers of the first tokens, ``(batch, n)``, n at least 1.
        n_new: how many tokens to append, at least 0.
        use_cache: keep keys and values of the past instead of computing
            them again; the same tokens come out, unless rounding decides
            between two that are about equally likely.

    Returns:
        Prompt and answer, ``(batch, n + n_new)``.

    Raises:
        TypeError: if n_new is not an integer.
        ValueError: if the prompt is empty or n_new is negative.

    Examples:
        >>> model = LanguageModel(n_tokens=11)
        >>> generate(model, torch.tensor([[3, 1, 4]]), n_new=2).shape
        torch.Size([1, 5])
    """
    if prompt.ndim != 2 or prompt.shape[1] == 0:
        raise ValueError(f"prompt must be (batch, n), n at least 1; got {tuple(prompt.shape)}")
    count = require_count("n_new", n_new)
    batch, n = prompt.shape
    caches = model.empty_caches(batch, n + count) if use_cache else None
    text = unread = prompt
    for _ in range(count):
        logits = model(unread, caches)[:, -1]  # (batch, n_tokens)
        newest = logits.argmax(dim=-1, keepdim=True)
        text = torch.cat([text, newest], dim=-1)
        unread = newest if use_cache else text
    return text
