"""What the kernels compute, run on the CPU by Triton's interpreter: test_interpreter.py starts it.

The interpreter stands in for the GPU with three gaps. It multiplies the bit patterns of
bfloat16, so that dtype is left to the compile gate and to the measurement on a GPU. It runs one
program after the other, so it sees no race between programs or threads. And it ignores
input_precision, so float32 products are exact here in any case.
"""

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.autograd import forward_ad

from attention.gpu import backward, decode, forward
from attention.gpu._launch import blocks_of
from attention.gpu.decode import flash_decode
from attention.gpu.forward import Configuration, flash_attention
from oracles import prefix_attention_by_loops

SIZES = [(1, 1), (113, 203), (239, 1), (1023, 1024)]
DTYPES = [torch.float32, torch.float16]
SMALL = Configuration(block_q=32, block_k=16, num_warps=4, num_stages=1)
LARGE = Configuration(block_q=64, block_k=128, num_warps=4, num_stages=1)
GROUP = 3  # query heads that share a head of keys


@pytest.fixture(autouse=True)
def poisoned(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every result begin its life as NaN, so that a place that is not written is seen."""
    empty = torch.empty
    monkeypatch.setattr(
        torch, "empty", lambda *size, **options: empty(*size, **options).fill_(torch.nan)
    )


def blocks(monkeypatch: pytest.MonkeyPatch, chosen: Configuration) -> None:
    """Cut the work of every kernel in this way: what comes out must not depend on it."""
    monkeypatch.setattr(forward, "configuration", lambda d, dtype: chosen)
    same = backward.Blocks(chosen.block_q, chosen.block_k, chosen.num_warps)
    monkeypatch.setattr(backward, "blocks_for_keys", lambda d, dtype: same)
    monkeypatch.setattr(backward, "blocks_for_queries", lambda dtype: same)
    few = (chosen.block_k, chosen.num_warps, chosen.num_stages)
    monkeypatch.setattr(decode, "configuration", lambda rows, dtype: few)


def drawn(seed: int, *shape: int, dtype: torch.dtype = torch.float32, spread: float = 1) -> Tensor:
    rng = np.random.default_rng(seed)
    return torch.from_numpy(spread * rng.standard_normal(shape)).to(dtype)


def inputs(
    n_q: int, n_k: int, d: int, dtype: torch.dtype, *, batch: int = 1, n_kv: int = 1, seed: int = 5
) -> list[Tensor]:
    shapes = (batch, n_kv * GROUP, n_q, d), (batch, n_kv, n_k, d), (batch, n_kv, n_k, d)
    return [drawn(seed + i, *shape, dtype=dtype) for i, shape in enumerate(shapes)]


def assert_close(came: tuple[Tensor, Tensor], right: tuple[np.ndarray, np.ndarray]) -> None:
    """Compare with loops: at most twice the error of rounding what is right to this precision.

    In float32, in which sums are rounded as well, a few roundings may come together.
    """
    (output, lse), (expected, expected_lse) = came, right
    assert lse.dtype == torch.float32
    rounding = 2**-11 if output.dtype == torch.float16 else 2**-21
    found = output.detach().double().numpy()
    size = np.linalg.norm(expected)
    assert np.linalg.norm(found - expected) <= 2 * rounding * size
    assert np.isneginf(lse.numpy()).tolist() == np.isneginf(expected_lse).tolist()
    visible = ~np.isneginf(expected_lse)
    np.testing.assert_allclose(lse.numpy()[visible], expected_lse[visible], rtol=2e-6, atol=2e-6)
    assert not found[~visible].any()


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(("n_q", "n_k"), SIZES)
@pytest.mark.parametrize("is_causal", [False, True])
def test_attention_is_that_of_loops(
    monkeypatch: pytest.MonkeyPatch, n_q: int, n_k: int, is_causal: bool, dtype: torch.dtype
) -> None:
    blocks(monkeypatch, LARGE if n_q > 1000 else SMALL)
    query, key, value = inputs(n_q, n_k, 16 if n_q > 1000 else 64, dtype)
    query = query[:, :1]
    offset = max(n_k - n_q, 0)
    came = flash_attention(query, key, value, is_causal=is_causal, offset=offset, return_lse=True)
    seen = (lambda b, i: i + offset + 1) if is_causal else (lambda b, i: n_k)
    assert_close(came, prefix_attention_by_loops(query, key, value, seen))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("d", [16, 32, 64, 128])
@pytest.mark.parametrize("offset", [0, 29, 500])
def test_its_own_blocks_fit_every_width_and_offset(d: int, offset: int, dtype: torch.dtype) -> None:
    query, key, value = inputs(37, 83, d, dtype, batch=2)
    came = flash_attention(query, key, value, is_causal=True, offset=offset, return_lse=True)
    assert_close(came, prefix_attention_by_loops(query, key, value, lambda b, i: i + offset + 1))


@pytest.mark.parametrize("chosen", [SMALL, LARGE])
def test_heads_of_a_group_read_their_own_keys(
    monkeypatch: pytest.MonkeyPatch, chosen: Configuration
) -> None:
    blocks(monkeypatch, chosen)
    query, key, value = inputs(23, 41, 16, torch.float32, batch=2, n_kv=2)
    came = flash_attention(query, key, value, scale=0.4, return_lse=True)
    assert_close(came, prefix_attention_by_loops(query, key, value, lambda b, i: 41, scale=0.4))


@pytest.mark.parametrize("offset", [-17, -40, -83])
def test_queries_that_see_nothing_get_zeros(offset: int) -> None:
    query, key, value = inputs(83, 41, 16, torch.float32)
    came = flash_attention(query, key, value, is_causal=True, offset=offset, return_lse=True)
    assert_close(came, prefix_attention_by_loops(query, key, value, lambda b, i: i + offset + 1))
    assert not came[0][0, :, :-offset].any()


@pytest.mark.parametrize(("n_q", "n_k", "batch"), [(5, 0, 1), (0, 7, 1), (5, 7, 0)])
def test_nothing_to_see_or_to_ask_starts_no_kernel(n_q: int, n_k: int, batch: int) -> None:
    query, key, value = (x.requires_grad_() for x in inputs(n_q, n_k, 16, DTYPES[0], batch=batch))
    output, lse = flash_attention(query, key, value, return_lse=True)
    assert output.shape == query.shape
    assert not output.any()
    assert torch.isneginf(lse).all()
    grads = torch.autograd.grad(output.sum(), [query, key, value])
    assert not any(grad.any() for grad in grads)
    with torch.no_grad():
        assert not flash_decode(query, key, value).any()


def test_scores_of_ten_thousand_neither_overflow_nor_vanish() -> None:
    query, key, value = inputs(37, 83, 16, torch.float32)
    query = query * 1e4 / (query @ key.mT).abs().max()  # scores up to ±1e4, without a scale
    for sign in (1, -1):
        came = flash_attention(sign * query, key, value, scale=1.0, return_lse=True)
        right = prefix_attention_by_loops(sign * query, key, value, lambda b, i: 83, scale=1.0)
        np.testing.assert_allclose(came[0].numpy(), right[0], rtol=0, atol=4e-3)
        np.testing.assert_allclose(came[1].numpy(), right[1], rtol=1e-6)


def strided(x: Tensor) -> list[Tensor]:
    """Return the same numbers in other places: heads last, in a larger tensor, anywhere."""
    heads_last = x.transpose(1, 2).contiguous().transpose(1, 2)
    larger = torch.full((*x.shape[:2], x.shape[2] + 3, 2 * x.shape[3]), torch.nan, dtype=x.dtype)
    larger[:, :, 2:-1, : x.shape[3]] = x
    anywhere = torch.full((*x.shape[:3], x.shape[3] + 5), torch.nan, dtype=x.dtype)
    anywhere[..., 3:-2] = x
    features_first = x.mT.contiguous().mT
    every_other = x.repeat_interleave(2, dim=-1)[..., ::2]
    within = larger[:, :, 2:-1, : x.shape[3]], anywhere[..., 3:-2]
    return [heads_last, *within, features_first, every_other]


@pytest.mark.parametrize("place", range(5))
def test_where_the_numbers_lie_does_not_matter(place: int) -> None:
    given = inputs(13, 41, 16, torch.float16, batch=2, n_kv=2)
    upstream = strided(drawn(3, *given[0].shape, dtype=torch.float16))[place]
    results = []
    for tensors in (given, [strided(x)[place] for x in given]):
        leaves = [x.requires_grad_() for x in tensors]
        output = flash_attention(*leaves, is_causal=True, offset=28)
        grads = torch.autograd.grad(output, leaves, upstream)
        few = [leaves[0][:, :, -3:], *leaves[1:]]
        results.append([output, *grads, flash_decode(*few)])
    for a, b in zip(*results, strict=True):
        assert torch.equal(a, b)


@pytest.mark.parametrize("place", range(5))
def test_the_copy_engine_is_given_what_it_can_address(place: int) -> None:
    rows = 16
    x = strided(drawn(7, 2, 3, 13, 16, dtype=torch.float16))[place]
    described = blocks_of(x, rows)
    assert torch.equal(described.base, x)
    assert described.base.data_ptr() % 16 == 0
    assert described.strides[-1] == 1
    assert all(step * x.element_size() % 16 == 0 for step in described.strides[:-1])
    copied = described.base.data_ptr() != x.data_ptr()
    assert copied == (place > 1)  # heads last, or a part of a larger tensor, can be addressed


def test_one_head_that_is_expanded_serves_all() -> None:
    query, key, value = inputs(13, 41, 16, torch.float32, batch=1)
    wide = [x.expand(5, -1, -1, -1) for x in (query, key, value)]
    assert torch.equal(
        flash_attention(*wide), flash_attention(query, key, value).repeat(5, 1, 1, 1)
    )


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    ("n_q", "n_k", "is_causal", "offset"),
    [
        (1, 1, False, 0),
        (37, 83, False, 0),
        (37, 83, True, 46),
        (83, 37, True, 0),
        (83, 37, True, -29),
    ],
)
def test_gradients_are_those_of_float64(
    n_q: int, n_k: int, is_causal: bool, offset: int, dtype: torch.dtype
) -> None:
    given = [x.requires_grad_() for x in inputs(n_q, n_k, 16, dtype, batch=2)]
    exact = [x.detach().double().requires_grad_() for x in given]
    output, lse = flash_attention(*given, is_causal=is_causal, offset=offset, return_lse=True)
    key, value = (x.repeat_interleave(GROUP, dim=1) for x in exact[1:])
    scores = exact[0] @ key.mT / 4
    limit = torch.arange(n_q)[:, None] + offset if is_causal else torch.full((n_q, 1), n_k)
    visible = torch.arange(n_k) <= limit
    some = visible.any(-1, keepdim=True)
    scores = scores.masked_fill(~visible & some, -torch.inf)
    weights = torch.where(some, torch.softmax(scores, -1), 0)
    expected = weights @ value
    upstream = drawn(11, *output.shape, dtype=dtype)
    of_lse = torch.where(some[:, 0], drawn(13, *lse.shape), 0)  # the logarithm has one, too
    came = torch.autograd.grad((output, lse), given, (upstream, of_lse))
    right = torch.autograd.grad(
        (expected, torch.logsumexp(scores, -1)), exact, (upstream.double(), of_lse.double())
    )
    rounding = 2**-10 if dtype == torch.float16 else 2**-20
    for found, wanted in zip(came, right, strict=True):
        assert found.dtype == dtype
        floor = 1e-3 if n_q == n_k == 1 else 0  # one weight, 1, cannot change: only lse pulls
        assert (found - wanted).norm() <= 2 * rounding * (wanted.norm() + floor)


@pytest.mark.parametrize("chosen", [SMALL, LARGE])
def test_gradients_do_not_depend_on_the_blocks(
    monkeypatch: pytest.MonkeyPatch, chosen: Configuration
) -> None:
    given = [x.requires_grad_() for x in inputs(53, 97, 16, torch.float32)]
    own = torch.autograd.grad(flash_attention(*given, is_causal=True, offset=44).sum(), given)
    blocks(monkeypatch, chosen)
    came = torch.autograd.grad(flash_attention(*given, is_causal=True, offset=44).sum(), given)
    for a, b in zip(own, came, strict=True):
        torch.testing.assert_close(a, b, rtol=0, atol=2e-5)


FIRST_ALONE = "^flash_attention has first derivatives alone; "


@pytest.mark.parametrize("constant", [True, False])
def test_a_penalty_on_gradients_is_refused_and_not_dropped(constant: bool) -> None:
    given = [x.requires_grad_() for x in inputs(3, 5, 16, torch.float32)]
    output = flash_attention(*given)
    upstream = torch.ones_like(output).requires_grad_(not constant)
    first = torch.autograd.grad(output, given, upstream, create_graph=True)
    with pytest.raises(RuntimeError, match=FIRST_ALONE):
        (output.square().sum() + first[0].square().sum()).backward()


def test_a_hessian_is_refused_and_not_zero() -> None:
    query, key, value = inputs(3, 5, 16, torch.float32)
    with pytest.raises(RuntimeError, match=FIRST_ALONE):
        torch.autograd.functional.hessian(
            lambda query: flash_attention(query, key, value).square().sum(), query
        )


def test_functional_gradients_are_those_of_autograd() -> None:
    given = [x.requires_grad_() for x in inputs(3, 5, 16, torch.float32)]

    def loss(*tensors: Tensor) -> Tensor:
        return flash_attention(*tensors, is_causal=True, offset=2).square().sum()

    expected = torch.autograd.grad(loss(*given), given)
    found = torch.func.grad(loss, argnums=(0, 1, 2))(*(x.detach() for x in given))
    assert all(map(torch.equal, found, expected))


@pytest.mark.filterwarnings("ignore:`torch.jit.script` is deprecated")  # PyTorch's own call
@pytest.mark.parametrize("kernel", [flash_attention, flash_decode])
def test_a_derivative_of_forward_mode_is_refused(kernel: Any) -> None:
    query, key, value = inputs(3, 5, 16, torch.float32)
    with pytest.raises(RuntimeError, match=r"forward mode|jvp"), forward_ad.dual_level():
        kernel(query, key, forward_ad.make_dual(value, torch.ones_like(value)))
    with pytest.raises(RuntimeError, match=r"forward mode|jvp"):
        torch.func.jvp(lambda q: kernel(q, key, value), (query,), (query,))


def test_a_gradient_through_decoding_is_refused_and_not_dropped() -> None:
    query, key, value = inputs(3, 5, 16, torch.float32)
    output = flash_decode(query.requires_grad_(), key, value)
    with pytest.raises(RuntimeError, match=r"^flash_decode has no gradient; flash_attention has$"):
        output.sum().backward()
    with torch.no_grad():
        assert torch.equal(flash_decode(query, key, value), output)


def test_numbers_of_numpy_are_options() -> None:
    query, key, value = inputs(3, 5, 16, torch.float32)
    expected = flash_attention(query, key, value, is_causal=True, offset=2, scale=0.5)
    found = flash_attention(
        query, key, value, is_causal=np.True_, offset=np.int64(2), scale=np.float32(0.5)
    )
    assert torch.equal(found, expected)
    decoded = flash_decode(query, key, value, scale=np.float32(0.5))
    torch.testing.assert_close(decoded, expected, rtol=0, atol=2e-6)


def test_autocast_changes_nothing() -> None:
    given = [x.requires_grad_() for x in inputs(3, 5, 16, torch.float32)]
    expected = flash_attention(*given)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert torch.equal(flash_attention(*given), expected)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("n_q", [1, 3])
@pytest.mark.parametrize("lengths", [None, [203, 0], [1, 100], [2, 500], [192, 128]])
def test_decoding_reads_what_counts_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch, lengths: list[int] | None, n_q: int, dtype: torch.dtype
) -> None:
    monkeypatch.setattr(decode, "_processors", lambda query: 12)  # so that keys are split
    monkeypatch.setattr(decode, "LEAST_KEYS", 64)
    query, key, value = inputs(n_q, 203, 64, dtype, batch=2, n_kv=2)
    given = None if lengths is None else torch.tensor(lengths, dtype=torch.int32)
    counts = [min(n, 203) for n in lengths or [203, 203]]
    clean = [x.clone() for x in (key, value)]
    for b, n in enumerate(counts):  # a cache is not cleared before it is used
        key[b, :, n:] = value[b, :, n:] = torch.nan
    came = flash_decode(query, key, value, lengths=given, return_lse=True)
    assert_close(
        came, prefix_attention_by_loops(query, *clean, lambda b, i: counts[b] - n_q + i + 1)
    )


@pytest.mark.parametrize("processors", [1, 5, 12, 60])
def test_into_how_many_parts_keys_are_split_does_not_matter(
    monkeypatch: pytest.MonkeyPatch, processors: int
) -> None:
    monkeypatch.setattr(decode, "_processors", lambda query: processors)
    monkeypatch.setattr(decode, "LEAST_KEYS", 1)  # then some parts hold no key at all
    query, key, value = inputs(2, 331, 32, torch.float32)
    assert decode.splits_of(1, 1, 331, processors) >= 0.95 * processors
    came = flash_decode(query, key, value, return_lse=True)
    assert_close(came, prefix_attention_by_loops(query, key, value, lambda b, i: 331 - 2 + i + 1))


@pytest.mark.parametrize("n_q", [5, 6, 11, 21])
def test_a_group_fills_sixteen_to_sixty_four_rows(n_q: int) -> None:
    query, key, value = inputs(n_q, 61, 16, torch.float16, n_kv=2)
    came = flash_decode(query, key, value, scale=0.3, return_lse=True)
    assert_close(
        came, prefix_attention_by_loops(query, key, value, lambda b, i: 61 - n_q + i + 1, scale=0.3)
    )


def test_arguments_and_results_have_the_shapes_that_the_signatures_say() -> None:
    beartype = pytest.importorskip("beartype").beartype
    jaxtyping = pytest.importorskip("jaxtyping")
    attend, read = (
        jaxtyping.jaxtyped(typechecker=beartype)(f) for f in (flash_attention, flash_decode)
    )
    query, key, value = inputs(3, 7, 16, torch.float16, batch=2, n_kv=2)
    for return_lse in (False, True):
        attend(query, key, value, is_causal=True, offset=4, return_lse=return_lse)
        lengths = torch.tensor([5, 7], dtype=torch.int32)
        read(query, key, value, lengths=lengths, return_lse=return_lse)
    with pytest.raises(jaxtyping.TypeCheckError, match="lengths"):
        read(query, key, value, lengths=lengths[:1])
