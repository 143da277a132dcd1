"""MultiHeadAttention: PyTorch's layer as oracle for outputs and gradients, laws, edges, errors."""

import itertools
import re
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is an extra; `make test` installs it")

from attention import attention_steps  # noqa: E402
from attention.kv_cache import KVCache, SlidingWindowKVCache  # noqa: E402
from attention.masking import sliding_window_mask  # noqa: E402
from attention.multi_head import multi_head_attention  # noqa: E402
from attention.nn import MultiHeadAttention  # noqa: E402
from attention.position import rotary  # noqa: E402

BATCH, N, N_K, HEADS, D_K = 2, 5, 11, 3, 7
D_MODEL = HEADS * D_K
LENGTHS = [5, 3]  # the second text ends in padding


def random(*shape: int, seed: int = 0) -> Any:
    """Draw a tensor in double precision."""
    return torch.from_numpy(np.random.default_rng(seed).standard_normal(shape))


def pair(*, bias: bool = True) -> tuple[Any, MultiHeadAttention]:
    """Make PyTorch's layer with random weights and random biases, and ours with the same."""
    theirs = torch.nn.MultiheadAttention(D_MODEL, HEADS, bias=bias, batch_first=True).double()
    with torch.no_grad():
        for seed, parameter in enumerate(theirs.parameters()):
            parameter.copy_(random(*parameter.shape, seed=seed) / 3)
    ours = MultiHeadAttention(D_MODEL, HEADS, bias=bias).double()
    ours.load_state_dict(theirs.state_dict())
    return theirs, ours


def packed(layer: MultiHeadAttention, kind: str) -> list[Any]:
    """Return gradients as PyTorch's layer packs them: three below each other, and the last."""
    own = {name: parameter.grad for name, parameter in layer.named_parameters()}
    return [torch.cat([own[f"{c}_proj.{kind}"] for c in "qkv"]), own[f"out_proj.{kind}"]]


# Oracles


@pytest.mark.parametrize(
    ("bias", "causal", "padding"), [*itertools.product([True, False], repeat=3)]
)
def test_output_and_gradients_are_those_of_pytorchs_layer(
    bias: bool, causal: bool, padding: bool
) -> None:
    theirs, ours = pair(bias=bias)
    x, upstream = random(BATCH, N, D_MODEL), random(BATCH, N, D_MODEL, seed=1)
    visible = torch.arange(N) < torch.tensor(LENGTHS)[:, None]
    hidden: dict[str, Any] = {}
    if causal:
        hidden["attn_mask"] = ~torch.ones(N, N).tril().bool()
    if padding:
        hidden["key_padding_mask"] = ~visible
    their_x, our_x = (x.clone().requires_grad_() for _ in range(2))
    # need_weights and training mode keep PyTorch off its fused paths
    expected, weights = theirs(
        their_x, their_x, their_x, need_weights=True, average_attn_weights=False, **hidden
    )
    mask = visible[:, None, None, :] if padding else None
    found = ours(our_x, attn_mask=mask, is_causal=causal)
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-12)
    mine = attention_steps(*ours.project(x), mask, is_causal=causal).weights
    torch.testing.assert_close(mine, weights, rtol=0, atol=1e-12)

    (expected * upstream).sum().backward()
    (found * upstream).sum().backward()
    torch.testing.assert_close(our_x.grad, their_x.grad, rtol=0, atol=1e-12)
    their = {name: parameter.grad for name, parameter in theirs.named_parameters()}
    for kind in ("weight", "bias") if bias else ("weight",):
        joined, last = packed(ours, kind)
        torch.testing.assert_close(joined, their[f"in_proj_{kind}"], rtol=0, atol=1e-11)
        torch.testing.assert_close(last, their[f"out_proj.{kind}"], rtol=0, atol=1e-11)
        assert last.abs().max() > 0.1


@pytest.mark.parametrize("bias", [True, False])
def test_asking_other_tokens_is_pytorchs_cross_attention(bias: bool) -> None:
    theirs, ours = pair(bias=bias)
    x, context = random(BATCH, N, D_MODEL), random(BATCH, N_K, D_MODEL, seed=1)
    expected, _ = theirs(x, context, context, need_weights=True)
    torch.testing.assert_close(ours(x, context), expected, rtol=0, atol=1e-12)


def test_it_is_the_function_with_the_layers_own_matrices() -> None:
    layer = MultiHeadAttention(D_MODEL, HEADS, n_kv_heads=1, bias=False).double()
    x = random(BATCH, N, D_MODEL)
    matrices = [layer.get_parameter(f"{name}_proj.weight").mT for name in ("q", "k", "v", "out")]
    expected = multi_head_attention(x, *matrices, n_heads=HEADS, n_kv_heads=1, is_causal=True)
    torch.testing.assert_close(layer(x, is_causal=True), expected, rtol=0, atol=1e-14)


@pytest.mark.parametrize("kv", [1, 2])
@pytest.mark.parametrize("bias", [True, False])
def test_shared_heads_are_pytorchs_layer_with_copies(kv: int, bias: bool) -> None:
    heads, width = 6, 6 * D_K
    shared = MultiHeadAttention(width, heads, n_kv_heads=kv, bias=bias).double()
    state = shared.state_dict()
    kinds = ("weight", "bias") if bias else ("weight",)
    copied = {f"out_proj.{kind}": state[f"out_proj.{kind}"] for kind in kinds}
    for kind in kinds:
        parts = [state[f"q_proj.{kind}"]]
        for name in "kv":
            each = state[f"{name}_proj.{kind}"].split(D_K)
            parts.append(torch.cat([each[h * kv // heads] for h in range(heads)]))
        copied[f"in_proj_{kind}"] = torch.cat(parts)
    theirs = torch.nn.MultiheadAttention(width, heads, bias=bias, batch_first=True).double()
    theirs.load_state_dict(copied)
    x = random(BATCH, N, width)
    expected, _ = theirs(x, x, x, need_weights=True)
    torch.testing.assert_close(shared(x), expected, rtol=0, atol=1e-12)


# Laws


def test_positions_turn_queries_and_keys_and_leave_values() -> None:
    width = HEADS * 4
    layer = MultiHeadAttention(width, HEADS, n_kv_heads=1).double()
    x, positions = random(BATCH, N, width), torch.arange(3, 3 + N)
    plain, turned = layer.project(x), layer.project(x, positions=positions)
    torch.testing.assert_close(turned.query, rotary(plain.query, positions))
    torch.testing.assert_close(turned.key, rotary(plain.key, positions))
    torch.testing.assert_close(turned.value, plain.value, rtol=0, atol=0)
    shifted = layer(x, positions=positions + 100)
    torch.testing.assert_close(layer(x, positions=positions), shifted, rtol=0, atol=1e-12)
    assert (shifted - layer(x)).abs().max() > 0.001


@pytest.mark.parametrize("kv", [1, 3])
def test_with_a_cache_it_gives_what_one_causal_pass_gives(kv: int) -> None:
    width = HEADS * 4
    layer = MultiHeadAttention(width, HEADS, n_kv_heads=kv).double()
    x, positions = random(BATCH, N, width), torch.arange(N)
    whole = layer(x, is_causal=True, positions=positions)
    cache = KVCache.empty((BATCH,), kv, N, 4, 4, like=x)
    with torch.no_grad():
        parts = [
            layer(x[:, i:j], positions=positions[i:j], cache=cache)
            for i, j in itertools.pairwise([0, 2, 3, N])
        ]
    torch.testing.assert_close(torch.cat(parts, dim=1), whole, rtol=0, atol=1e-12)
    assert cache.length == N


@pytest.mark.parametrize("window", [1, 3])
def test_with_a_window_it_gives_what_one_pass_with_its_mask_gives(window: int) -> None:
    width = HEADS * 4
    layer = MultiHeadAttention(width, HEADS, n_kv_heads=1).double()
    x, positions = random(BATCH, N, width), torch.arange(N)
    mask = sliding_window_mask(N, N, window, like=x)
    whole = layer(x, attn_mask=mask, positions=positions)
    cache = SlidingWindowKVCache.empty((BATCH,), 1, window, 4, 4, like=x)
    with torch.no_grad():
        parts = [
            layer(x[:, i:j], positions=positions[i:j], cache=cache)
            for i, j in itertools.pairwise([0, 2, 3, N])
        ]
    torch.testing.assert_close(torch.cat(parts, dim=1), whole, rtol=0, atol=1e-12)


def test_reordering_the_tokens_reorders_the_output() -> None:
    _, layer = pair()
    x, order = random(BATCH, N, D_MODEL), [3, 0, 4, 2, 1]
    torch.testing.assert_close(layer(x[:, order]), layer(x)[:, order], rtol=0, atol=1e-12)


def test_gradients_agree_with_finite_differences() -> None:
    layer = MultiHeadAttention(6, 2, n_kv_heads=1).double()
    x = random(1, 3, 6).requires_grad_()
    assert torch.autograd.gradcheck(lambda x: layer(x, is_causal=True), [x], fast_mode=True)


# Edges


def test_loading_leaves_the_other_state_as_it_was() -> None:
    theirs, _ = pair()
    state = theirs.state_dict()
    names = list(state)
    ours = MultiHeadAttention(D_MODEL, HEADS).double()
    ours.load_state_dict(state)
    assert list(state) == names
    with torch.no_grad():
        ours.q_proj.weight.zero_()
    assert theirs.in_proj_weight.abs().min() > 0  # a copy, not the same memory


def test_it_loads_as_a_part_of_a_larger_model() -> None:
    theirs, ours = pair()
    outer = torch.nn.ModuleDict({"block": MultiHeadAttention(D_MODEL, HEADS).double()})
    outer.load_state_dict(torch.nn.ModuleDict({"block": theirs}).state_dict())
    x = random(BATCH, N, D_MODEL)
    torch.testing.assert_close(outer["block"](x), ours(x), rtol=0, atol=0)


def test_its_own_state_loads_too() -> None:
    _, ours = pair()
    again = MultiHeadAttention(D_MODEL, HEADS).double()
    again.load_state_dict(ours.state_dict())
    x = random(BATCH, N, D_MODEL)
    torch.testing.assert_close(again(x), ours(x), rtol=0, atol=0)


@pytest.mark.parametrize("shape", [(N,), (1,), (0,), (BATCH, 3, N)], ids=str)
def test_any_batch_axes_and_any_length(shape: tuple[int, ...]) -> None:
    _, layer = pair()
    assert layer(random(*shape, D_MODEL)).shape == (*shape, D_MODEL)


def test_a_token_that_sees_nothing_gets_the_bias_of_the_last_projection() -> None:
    _, layer = pair()
    mask = torch.ones(N, N).bool()
    mask[2] = False
    found = layer(random(BATCH, N, D_MODEL), attn_mask=mask)
    torch.testing.assert_close(found[:, 2], layer.out_proj.bias.expand(BATCH, -1))


@pytest.mark.parametrize("cached", [False, True])
def test_a_scale_takes_the_place_of_the_divisor(cached: bool) -> None:
    _, layer = pair()
    x = random(BATCH, N, D_MODEL)

    def run(**options: Any) -> Any:
        if cached:
            empty = KVCache.empty((BATCH,), HEADS, N, D_K, D_K, like=x)
            return layer(x, cache=empty, **options)
        return layer(x, **options)

    torch.testing.assert_close(run(scale=D_K**-0.5), run())
    halved = run(scale=0.5 * D_K**-0.5)
    assert (halved - run()).abs().max() > 1e-3
    with torch.no_grad():
        layer.q_proj.weight /= 2
        layer.q_proj.bias /= 2
    torch.testing.assert_close(run(), halved)


def test_the_dtype_survives() -> None:
    for dtype in (torch.float32, torch.float64, torch.bfloat16):
        layer = MultiHeadAttention(D_MODEL, HEADS).to(dtype)
        assert layer(random(BATCH, N, D_MODEL).to(dtype)).dtype == dtype


def test_heads_that_share_keys_have_fewer_parameters() -> None:
    count = {
        kv: sum(p.numel() for p in MultiHeadAttention(768, 12, n_kv_heads=kv).parameters())
        for kv in (None, 12, 4, 1)
    }
    assert count[None] == count[12] == 4 * 768 * 768 + 4 * 768
    assert count[12] - count[4] == 2 * 8 * 64 * (768 + 1)
    assert count[12] - count[1] == 2 * 11 * 64 * (768 + 1)


# Errors


@pytest.mark.parametrize(
    ("d_model", "heads", "kv", "text"),
    [
        (20, 3, None, "n_heads 3, d_model 20"),
        (21, 0, None, "0"),
        (21, -3, None, "-3"),
        (42, 6, 4, "n_kv_heads 4, n_heads 6"),
        (42, 6, 0, "0"),
        (42, 6, 12, "n_kv_heads 12, n_heads 6"),
        (0, 3, None, "0"),
    ],
)
def test_head_counts_that_do_not_divide_are_refused(
    d_model: int, heads: int, kv: int | None, text: str
) -> None:
    with pytest.raises(ValueError, match=f"at least 1.*got.*{re.escape(text)}|divide.*got.*{text}"):
        MultiHeadAttention(d_model, heads, n_kv_heads=kv)


def test_positions_with_a_context_are_refused() -> None:
    _, layer = pair()
    x = random(BATCH, N, D_MODEL)
    with pytest.raises(ValueError, match=r"^positions must come without a context, .*; got both$"):
        layer(x, x, positions=torch.arange(N))


def test_a_mask_of_another_dtype_is_refused_before_anything_is_written() -> None:
    _, layer = pair()
    x = random(BATCH, N, D_MODEL)
    cache = KVCache.empty((BATCH,), HEADS, N, D_K, D_K, like=x)
    with pytest.raises(TypeError, match=r"^attn_mask must be boolean or .* float64; got float32$"):
        layer(x, attn_mask=torch.zeros(N, N), cache=cache)
    assert cache.length == 0


def test_a_cache_with_a_context_is_refused_before_anything_is_written() -> None:
    _, layer = pair()
    x = random(BATCH, N, D_MODEL)
    cache = KVCache.empty((BATCH,), HEADS, N, D_K, D_K, like=x)
    with pytest.raises(ValueError, match=r"^a cache must come without a context, .*; got both$"):
        layer(x, x, cache=cache)
    assert cache.length == 0


def test_a_state_with_biases_does_not_fit_a_layer_without() -> None:
    theirs, _ = pair()
    with pytest.raises(RuntimeError, match="Unexpected key"):
        MultiHeadAttention(D_MODEL, HEADS, bias=False).double().load_state_dict(theirs.state_dict())


def test_a_state_of_another_width_is_refused() -> None:
    theirs, _ = pair()
    with pytest.raises(RuntimeError, match="size mismatch for q_proj"):
        MultiHeadAttention(2 * D_MODEL, HEADS).double().load_state_dict(theirs.state_dict())


def test_positions_may_differ_from_text_to_text() -> None:
    layer = MultiHeadAttention(2 * HEADS * D_K, HEADS).double()
    x, positions = random(HEADS, N, 2 * D_MODEL), torch.randint(0, 99, (HEADS, N))  # texts = heads
    found = layer(x, positions=positions)
    for text in range(HEADS):
        expected = layer(x[text], positions=positions[text])
        torch.testing.assert_close(found[text], expected, rtol=0, atol=1e-12)
    with pytest.raises(ValueError, match="positions must be"):
        layer(x, positions=positions[:-1])


@pytest.mark.parametrize(
    ("options", "name", "condition"),
    [
        ({"add_bias_kv": True}, "bias_k", "without add_bias_kv"),
        ({"kdim": 11}, "k_proj_weight", "with kdim and vdim equal to embed_dim"),
        ({"vdim": 11}, "k_proj_weight", "with kdim and vdim equal to embed_dim"),
    ],
)
@pytest.mark.parametrize("strict", [True, False])
def test_what_a_state_has_beyond_this_layer_is_refused(
    options: dict[str, Any], name: str, condition: str, strict: bool
) -> None:
    theirs = torch.nn.ModuleDict({"block": torch.nn.MultiheadAttention(D_MODEL, HEADS, **options)})
    ours = torch.nn.ModuleDict({"block": MultiHeadAttention(D_MODEL, HEADS)})
    message = f"a torch.nn.MultiheadAttention must be made {condition} to be loaded; got {name}"
    with pytest.raises(ValueError, match=f"^{message}$"):
        ours.load_state_dict(theirs.state_dict(), strict=strict)


def test_what_no_state_tells_is_said_where_it_is_loaded() -> None:
    theirs = torch.nn.MultiheadAttention(D_MODEL, HEADS, add_zero_attn=True, batch_first=True)
    ours = MultiHeadAttention(D_MODEL, HEADS)
    ours.load_state_dict(theirs.state_dict())
    x = random(BATCH, N, D_MODEL).float()
    assert (ours(x) - theirs(x, x, x)[0]).abs().max() > 0.01
    assert "``add_zero_attn``" in (MultiHeadAttention.__doc__ or "")


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_under_autocast_masks_and_caches_may_stay_in_float32(dtype: Any) -> None:
    layer = MultiHeadAttention(D_MODEL, HEADS, bias=False)
    x, mask = random(BATCH, N, D_MODEL).float(), random(N, N, seed=1).float()
    causal = torch.where(torch.ones(N, N).tril() > 0, mask, -torch.inf)
    with torch.autocast("cpu", dtype=dtype):
        whole = layer(x, attn_mask=causal)
        assert whole.dtype == dtype
        for kind in (torch.float32, dtype):
            cache = KVCache.empty((BATCH,), HEADS, N, D_K, D_K, like=torch.ones(1, dtype=kind))
            steps = [
                layer(x[:, i : i + 1], cache=cache, attn_mask=mask[i, : i + 1].to(kind))
                for i in range(N)
            ]
            found = torch.cat(steps, dim=1)
            assert found.dtype == dtype
            if kind == torch.float32:  # to the last bit, or the one before
                torch.testing.assert_close(found, whole, rtol=0, atol=2 * torch.finfo(dtype).eps)
    exact = layer(x, attn_mask=causal)
    torch.testing.assert_close(whole.float(), exact, rtol=0, atol=8 * torch.finfo(dtype).eps)
