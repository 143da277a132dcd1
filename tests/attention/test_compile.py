"""torch.compile, torch.export and vmap: one recording serves any values and lengths of at least 2.

Oracle: the same function, which computes at once, and is compared with loops elsewhere.
"""

import os
import shutil
import sys
from collections.abc import Callable
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="torch is an extra; `make test` installs it")

from torch._dynamo.testing import CompileCounterWithBackend  # noqa: E402 - torch comes first

import attention  # noqa: E402
from attention.kv_cache import KVCache, SlidingWindowKVCache  # noqa: E402
from attention.masking import padding_mask  # noqa: E402
from attention.multi_head import multi_head_attention  # noqa: E402
from attention.nn import LanguageModel  # noqa: E402
from attention.position import alibi_bias, rotary, sinusoidal  # noqa: E402
from attention.tiling import merge, tiled_attention  # noqa: E402

# What Dynamo and PyTorch say of themselves while they record.
pytestmark = [
    pytest.mark.filterwarnings("ignore:Dynamo detected a call to a `functools.lru_cache`"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:torch"),
    pytest.mark.filterwarnings("ignore::FutureWarning:torch"),
]
BATCH, HEADS, D_K, D_V = 3, 2, 7, 11
CPP_COMPILERS = {"darwin": "clang++", "win32": "cl"}  # the one that inductor looks for
LENGTHS = [(5, 13), (17, 19), (23, 29)]  # queries, keys: all fit into one block of tiles


def drawn(seed: int, *shapes: tuple[int, ...]) -> list[Any]:
    generator = torch.Generator().manual_seed(seed)
    return [torch.randn(shape, generator=generator) for shape in shapes]


def inputs(n_q: int, n_k: int, *leading: int) -> list[Any]:
    """Draw queries, keys, values and a floating mask that hides something, but no whole row."""
    leading = leading or (BATCH, HEADS)
    shapes = (n_q, D_K), (n_k, D_K), (n_k, D_V)
    *arrays, mask = drawn(n_q, *((*leading, *shape) for shape in shapes), (n_q, n_k))
    return [*arrays, torch.where(mask > 1, -torch.inf, mask)]


def plain(query: Any, key: Any, value: Any, mask: Any) -> Any:
    return attention.scaled_dot_product_attention(
        query, key, value, mask, is_causal=True, offset=3, softcap=5.0, scale=0.3
    )


def tiled(query: Any, key: Any, value: Any, mask: Any) -> Any:
    output, lse = tiled_attention(query, key, value, mask, is_causal=True, return_lse=True)
    return merge(output, lse, *tiled_attention(query, key, value, return_lse=True))


def the_rest(x: Any, w: Any, lengths: Any) -> Any:
    """Rotary and sinusoidal positions, a bias, padding and several heads, on texts x."""
    n = x.shape[-2]
    x = rotary(x, torch.arange(n)) + sinusoidal(n, x.shape[-1], like=x)
    options: dict[str, Any] = {"n_heads": 6, "n_kv_heads": 2, "is_causal": True}
    weights = w, w[:, :4], w[:, :4], w
    biased = multi_head_attention(x, *weights, attn_mask=alibi_bias(6, n, n, like=x), **options)
    visible = padding_mask(lengths, n)[:, None]  # (batch, 1, 1, n)
    return biased + multi_head_attention(x, *weights, attn_mask=visible, **options)


# To record takes seconds: by day the formula stands for its blocks.
BY_DAY_AND_NIGHT = [plain, pytest.param(tiled, marks=pytest.mark.nightly)]


def compiled(function: Callable[..., Any]) -> tuple[Callable[..., Any], CompileCounterWithBackend]:
    """Compile without a break; count how often."""
    torch._dynamo.reset()
    counter = CompileCounterWithBackend("aot_eager")
    return torch.compile(function, backend=counter, fullgraph=True), counter


def close(found: Any, expected: Any) -> None:
    torch.testing.assert_close(found, expected, rtol=0, atol=2e-6)


@pytest.mark.parametrize("function", BY_DAY_AND_NIGHT)
def test_one_recompilation_serves_all_lengths_of_a_rank(function: Callable[..., Any]) -> None:
    fast, counter = compiled(function)
    for rank, leading in enumerate([(BATCH, HEADS), (BATCH,)], start=1):
        for lengths in LENGTHS:
            arrays = inputs(*lengths, *leading)
            close(fast(*arrays), function(*arrays))
        assert counter.frame_count <= 2 * rank


@pytest.mark.nightly
def test_what_attention_is_made_of_compiles() -> None:
    fast, counter = compiled(the_rest)
    for n in (5, 13, 17):
        x, w = drawn(n, (BATCH, n, 12), (12, 12))
        lengths = torch.tensor([n, 2, n - 1])
        close(fast(x, w, lengths), the_rest(x, w, lengths))
    assert counter.frame_count <= 2


@pytest.mark.nightly
def test_gradients_pass_through_what_is_compiled() -> None:
    fast, _ = compiled(tiled)
    found, expected = [], []
    for function, grads in ((fast, found), (tiled, expected)):
        arrays = [each.requires_grad_() for each in inputs(5, 13)]
        output, lse = function(*arrays)
        grads += torch.autograd.grad(output.square().sum() + lse.sum(), arrays)
    for one, other in zip(found, expected, strict=True):
        close(one, other)


@pytest.mark.parametrize(
    "kind", [KVCache, pytest.param(SlidingWindowKVCache, marks=pytest.mark.nightly)]
)
def test_decoding_is_compiled_no_more_after_the_third_token(kind: Any) -> None:
    torch.manual_seed(0)
    model = LanguageModel(13, d_model=12, n_heads=2, n_kv_heads=1, n_layers=1).eval()
    fast, counter = compiled(model)
    text = torch.randint(13, (BATCH, 31))
    capacity = 37 if kind is KVCache else 11
    like = model.embedding.weight
    ours, theirs = (
        [kind.empty((BATCH,), 1, capacity, 6, 6, like=like) for _ in model.blocks] for _ in range(2)
    )
    counts = []
    with torch.no_grad():
        close(fast(text[:, :5], ours), model(text[:, :5], theirs))
        for i in range(5, 31):
            close(fast(text[:, i : i + 1], ours), model(text[:, i : i + 1], theirs))
            counts.append(counter.frame_count)
    assert counts[2] == counts[4] <= 3  # ten tokens have been read
    after = 0 if kind is KVCache else 2  # once when a window is full, once when it forgets
    assert counts[-1] - counts[4] <= after


class Attend(torch.nn.Module):
    """A function as the module that export takes."""

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__()
        self.function = function

    def forward(self, query: Any, key: Any, value: Any, mask: Any) -> Any:
        return self.function(query, key, value, mask)


@pytest.mark.parametrize("strict", [False, pytest.param(True, marks=pytest.mark.nightly)])
@pytest.mark.parametrize("function", BY_DAY_AND_NIGHT)
def test_exported_with_an_open_batch_and_open_lengths(
    function: Callable[..., Any], strict: bool
) -> None:
    batch, n_q, n_k = (torch.export.Dim(name, min=2, max=64) for name in ("batch", "n_q", "n_k"))
    open_sizes = ({0: batch, 2: n_q}, {0: batch, 2: n_k}, {0: batch, 2: n_k}, {0: n_q, 1: n_k})
    exported = torch.export.export(
        Attend(function), tuple(inputs(5, 13)), dynamic_shapes=(open_sizes), strict=strict
    )
    for size, lengths in zip((BATCH, 5, 7), LENGTHS, strict=True):
        arrays = inputs(*lengths, size, HEADS)
        close(exported.module()(*arrays), function(*arrays))


@pytest.mark.parametrize("function", [plain, tiled])
@pytest.mark.parametrize("axes", [(0, 0, 0, None), (0, None, None, None), (None, None, None, 0)])
def test_vmap_is_a_loop(function: Callable[..., Any], axes: tuple[int | None, ...]) -> None:
    arrays = inputs(5, 13)
    if axes[-1] == 0:
        arrays[-1] = torch.stack([arrays[-1], arrays[-1].flip(0)])
    size = 2 if axes[-1] == 0 else BATCH
    found = torch.vmap(function, in_dims=axes)(*arrays)
    for i in range(size):
        single = [a if axis is None else a[i] for a, axis in zip(arrays, axes, strict=True)]
        expected = function(*single)
        if isinstance(found, tuple):
            for one, other in zip(found, expected, strict=True):
                close(one[i], other)
        else:
            close(found[i], expected)


@pytest.mark.nightly
@pytest.mark.skipif(
    shutil.which(os.environ.get("CXX", CPP_COMPILERS.get(sys.platform, "g++"))) is None,
    reason="inductor needs a compiler of C++",
)
def test_inductor_computes_the_same() -> None:
    torch._dynamo.reset()
    fast = torch.compile(plain, fullgraph=True)
    for lengths in LENGTHS:
        arrays = inputs(*lengths)
        close(fast(*arrays), plain(*arrays))


@pytest.mark.parametrize("bad", [torch.nan, torch.inf])
def test_values_are_checked_where_they_are_known_and_only_there(bad: float) -> None:
    arrays = inputs(5, 13)
    arrays[-1][2, 3] = bad
    with pytest.raises(ValueError, match="attn_mask must be finite or -inf; got"):
        plain(*arrays)
    with pytest.raises(ValueError, match="lengths must be from 0 to n_k, 5; got 2 to 7"):
        padding_mask(torch.tensor([2, 7]), 5)
    assert plain(*(each.to("meta") for each in arrays)).shape == (BATCH, HEADS, 5, D_V)
    assert padding_mask(torch.tensor([2, 7], device="meta"), 5).shape == (2, 1, 5)
    masks = torch.stack([arrays[-1]] * 2)
    assert torch.vmap(plain, in_dims=(None, None, None, 0))(*arrays[:-1], masks).shape[0] == 2
