"""Which path a call takes, and that each gives what the package's function gives.

What a GPU would choose is asked of descriptions, for there may be none here.
"""

import inspect
import re
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is an extra; `make test` installs it")

from beartype import beartype  # noqa: E402 - torch comes first
from jaxtyping import jaxtyped  # noqa: E402
from torch.utils._python_dispatch import TorchDispatchMode  # noqa: E402

import attention  # noqa: E402
from attention.gpu import _paths, dispatch, explain, scaled_dot_product_attention  # noqa: E402
from attention.gpu._requirements import PATHS, Case  # noqa: E402

Make = Callable[..., Any]
N_Q, N_K, D_K, D_V = 3, 5, 7, 11
KERNELS = "flash_decode and flash_attention"

# Queries of a text on an H200, where our kernel has all it needs; then those of its last token.
LONG = Case(
    library="torch",
    device="cuda",
    capability=(9, 0),
    dtype="bfloat16",
    query=(2, 6, 113, 64),
    key=(2, 3, 113, 64),
    value=(2, 3, 113, 64),
    weights=(2, 6, 113, 113),
    attn_mask=None,
    sinks=None,
    is_causal=True,
    scale=None,
    enable_gqa=True,
    offset=0,
    softcap=None,
    differentiable=False,
    triton=True,
    interpreted=False,
    forced=False,
)
LAST = LONG._replace(query=(2, 6, 1, 64), weights=(2, 6, 1, 113), is_causal=False)


def shaped(case: Case, query: Any, key: Any, value: Any = None) -> Case:
    """Change the shapes of a case, the weights with them."""
    own = 3 if case.enable_gqa else 2
    weights = (*query[:-own], *query[-own:-1], key[-2])
    return case._replace(query=query, key=key, value=value or key, weights=weights)


def tensors(seed: int, *shapes: tuple[int, ...], dtype: Any = torch.float64) -> list[Any]:
    generator = torch.Generator().manual_seed(seed)
    return [torch.randn(s, dtype=torch.float64, generator=generator).to(dtype) for s in shapes]


def close(found: Any, expected: Any, atol: float = 1e-12) -> None:
    assert tuple(found.shape) == tuple(expected.shape)
    assert found.dtype == expected.dtype
    pair = (each.detach().double() for each in (found, expected))  # NumPy knows no bfloat16
    np.testing.assert_allclose(*pair, rtol=0, atol=atol)


# What is chosen, and why


def test_on_a_gpu_each_kernel_takes_what_it_is_for() -> None:
    assert dispatch._chosen(LAST, None) == (
        "flash_decode",
        "our kernel for few queries: it lacks nothing",
    )
    assert dispatch._chosen(LONG, None) == (
        "flash_attention",
        "our kernel: flash_decode needs n_q of at most 8, got n_q 113",
    )


@pytest.mark.parametrize(
    ("change", "needed", "came"),
    [
        ({"triton": False}, "Triton", "an environment without it"),
        ({"device": "cpu", "capability": None}, "a CUDA device", "cpu"),
        ({"device": "mps", "capability": None, "interpreted": True}, "a CUDA device", "mps"),
        ({"capability": (8, 0)}, "compute capability 9", "8.0"),
        ({"capability": (12, 0)}, "compute capability 9", "12.0"),
        ({"capability": None}, "compute capability 9", "none"),
        ({"dtype": "float32"}, "float16 or bfloat16", "float32"),
        ({"dtype": "float64"}, "float16 or bfloat16", "float64"),
        ({"attn_mask": (1, 113)}, "attn_mask None", "attn_mask (1, 113)"),
        ({"scale": 0.0}, "scale above 0", "scale 0.0"),
        ({"scale": -0.125}, "scale above 0", "scale -0.125"),
    ],
)
@pytest.mark.parametrize("case", [LONG, LAST], ids=["long", "last"])
def test_what_no_kernel_takes_goes_to_pytorch(
    case: Case, change: dict[str, Any], needed: str, came: str
) -> None:
    why = f"PyTorch's function: {KERNELS} need {needed}, got {came}"
    assert dispatch._chosen(case._replace(**change), None) == ("torch", why)


@pytest.mark.parametrize(
    ("query", "key", "value", "lack"),
    [
        ((2, 6, 113, 96), (2, 3, 113, 96), None, "d_k = d_v, one of 16, 32, 64 and 128"),
        ((2, 6, 113, 8), (2, 3, 113, 8), None, "d_k = d_v, one of 16, 32, 64 and 128"),
        ((2, 6, 113, 256), (2, 3, 113, 256), None, "d_k = d_v, one of 16, 32, 64 and 128"),
        ((2, 6, 113, 64), (2, 3, 113, 64), (2, 3, 113, 32), "d_k = d_v, one of"),
        ((2, 6, 113, 64), (1, 3, 113, 64), (2, 3, 113, 64), "batch axes that are equal"),
        ((2, 6, 113, 64), (2, 3, 113, 64), (3, 113, 64), "batch axes that are equal"),
    ],
)
def test_shapes_that_no_kernel_takes_go_to_pytorch(
    query: Any, key: Any, value: Any, lack: str
) -> None:
    choice = dispatch._chosen(shaped(LONG, query, key, value), None)
    assert choice.path == "torch"
    assert choice.why.startswith(f"PyTorch's function: {KERNELS} need {lack}")


def test_heads_that_are_not_said_to_be_shared_must_be_as_many() -> None:
    several = LONG._replace(enable_gqa=False)
    alike = shaped(several, (2, 6, 113, 64), (2, 6, 113, 64))
    assert dispatch._chosen(alike, None).path == "flash_attention"
    single = shaped(several, (2, 6, 113, 64), (2, 1, 113, 64))
    assert "batch axes that are equal" in dispatch._chosen(single, None).why


@pytest.mark.parametrize("shape", [(113, 64), (13, 113, 64), (2, 3, 5, 113, 64)])
def test_any_number_of_equal_batch_axes_fits_a_kernel(shape: Any) -> None:
    case = shaped(LONG._replace(enable_gqa=False), shape, shape)
    assert dispatch._chosen(case, None).path == "flash_attention"


@pytest.mark.parametrize(
    ("n_q", "heads", "change", "lack"),
    [
        (8, 3, {"is_causal": True, "offset": 105}, None),
        (9, 3, {"is_causal": True, "offset": 104}, "n_q of at most 8"),
        (8, 24, {"is_causal": True, "offset": 105}, None),
        (8, 27, {"is_causal": True, "offset": 105}, "at most 64 queries per key head, got 72"),
        (2, 3, {"is_causal": True, "offset": 111}, None),
        (2, 3, {"is_causal": True, "offset": 112}, "queries that are the last tokens"),
        (2, 3, {"is_causal": True, "offset": 0}, "queries that are the last tokens"),
        (2, 3, {"is_causal": False, "offset": 111}, "queries that are the last tokens"),
        (1, 3, {"is_causal": True, "offset": 112}, None),
        (1, 3, {"is_causal": True, "offset": 113}, None),
        (1, 3, {"is_causal": True, "offset": 111}, "got is_causal True, offset 111"),
        (1, 3, {"is_causal": False, "offset": 111}, None),
        (1, 3, {"differentiable": True}, "inputs that want no gradient, got requires_grad"),
    ],
)
def test_the_kernel_for_few_queries_takes_the_last_tokens(
    n_q: int, heads: int, change: dict[str, Any], lack: str | None
) -> None:
    case = shaped(LAST._replace(**change), (2, heads, n_q, 64), (2, 3, 113, 64))
    choice = dispatch._chosen(case, None)
    assert choice.path == ("flash_attention" if lack else "flash_decode")
    assert (lack or "it lacks nothing") in choice.why


@pytest.mark.parametrize("shape", [(2, 6, 0, 64), (0, 6, 113, 64)])
def test_what_is_empty_is_computed_by_the_formula(shape: Any) -> None:
    key = (shape[0], 3, 113, 64)
    choice = dispatch._chosen(shaped(LONG, shape, key), None)
    assert choice.path == "plain"
    assert "need at least one query and one key, got (*batch, n_q, n_k) (" in choice.why


def test_what_pytorch_does_not_have_is_computed_by_the_formula() -> None:
    start = "the formula as it is written: flash_decode, flash_attention and torch need"
    capped = dispatch._chosen(LONG._replace(softcap=50.0), None)
    assert capped == ("plain", f"{start} softcap None, got softcap 50.0")
    resting = dispatch._chosen(LONG._replace(sinks=(6,)), None)
    assert resting == ("plain", f"{start} sinks None, got sinks (6,)")
    odd = dispatch._chosen(LONG._replace(value=(2, 2, 113, 64)), None)
    came = "got key (2, 3, 113, 64), value (2, 2, 113, 64)"
    assert odd == ("plain", f"{start} as many heads of values as of keys, {came}")


def test_a_kernel_that_is_asked_for_computes_in_float32() -> None:
    case = LONG._replace(dtype="float32")
    assert dispatch._chosen(case, None).path == "torch"
    asked = dispatch._chosen(case._replace(forced=True), "flash_attention")
    assert asked == ("flash_attention", "our kernel: it was asked for")


def test_the_cpu_interprets_a_kernel_only_if_both_are_asked_for() -> None:
    case = LONG._replace(device="cpu", capability=None, dtype="float16", interpreted=True)
    assert dispatch._chosen(case, None).path == "torch"
    forced = case._replace(forced=True)
    assert dispatch._chosen(forced, "flash_attention").path == "flash_attention"
    # Triton's interpreter multiplies the bits of bfloat16, not the numbers.
    with pytest.raises(ValueError, match="needs a CUDA device for bfloat16; got cpu"):
        dispatch._chosen(forced._replace(dtype="bfloat16"), "flash_attention")
    with pytest.raises(ValueError, match="needs a CUDA device; got cpu"):
        dispatch._chosen(forced._replace(interpreted=False), "flash_attention")


def test_arrays_of_any_library_are_described(make: Make) -> None:
    arrays = [make(np.ones(shape)) for shape in ((N_Q, D_K), (N_K, D_K), (N_K, D_V))]
    choice = explain(*arrays)
    if isinstance(arrays[0], torch.Tensor):
        why = f"PyTorch's function: {KERNELS} need a CUDA device, got cpu"
        assert choice == ("torch", why)
    else:
        library = type(arrays[0]).__module__.partition(".")[0]
        assert choice.path == "plain"
        assert choice.why.endswith(f" and torch need tensors of PyTorch, got {library}")


def test_a_call_is_described_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRITON_INTERPRET", "1")
    query, key, value = tensors(1, (2, 13, 6, N_Q, 16), (13, 2, N_K, 16), (2, 1, 2, N_K, 32))
    mask = torch.ones(N_K, dtype=torch.bool)
    found = dispatch._described(
        query.requires_grad_(), key, value, mask, is_causal=True, scale=0.5,
        enable_gqa=True, offset=np.int64(7), softcap=3.0, path="plain",
        sinks=torch.ones(6, dtype=torch.float64),
    )  # fmt: skip
    assert found == Case(
        library="torch", device="cpu", capability=None, dtype="float64",
        query=(2, 13, 6, N_Q, 16), key=(13, 2, N_K, 16), value=(2, 1, 2, N_K, 32),
        weights=(2, 13, 6, N_Q, N_K), attn_mask=(N_K,), sinks=(6,), is_causal=True, scale=0.5,
        enable_gqa=True, offset=7, softcap=3.0, differentiable=True,
        triton=dispatch._has_triton(), interpreted=True, forced=True,
    )  # fmt: skip
    with torch.no_grad():
        assert explain(query, key, value, enable_gqa=True).path == "torch"
        plain = dispatch._described(query, key, value, None, enable_gqa=True)
    assert (plain.differentiable, plain.forced, plain.attn_mask) == (False, False, None)


def test_the_signatures_are_the_package_s_and_a_path() -> None:
    def named(function: Any) -> dict[str, str]:
        return {name: str(each) for name, each in inspect.signature(function).parameters.items()}

    own, ours = named(attention.scaled_dot_product_attention), named(scaled_dot_product_attention)
    assert ours == own | {"path": "path: str | None = None"}
    options = list(ours)[4:]
    assert options == list(dispatch.Options.__annotations__)
    assert [*named(explain)] == [*list(ours)[:4], "options"]
    described = named(dispatch._described)
    assert {name: described[name] for name in options} == {name: ours[name] for name in options}


# Every path gives what the package's function gives

OPTIONS: list[dict[str, Any]] = [
    {},
    {"is_causal": True},
    {"is_causal": True, "offset": 1},
    {"is_causal": True, "offset": N_K - 1},
    {"offset": 2},
    {"scale": 0.7},
    {"scale": np.float32(0.7)},
    {"scale": 0.0},
    {"scale": -3.0},
    {"mask": "bool"},
    {"mask": "float"},
    {"mask": "float", "is_causal": True, "scale": -0.4},
    {"mask": "bool", "is_causal": True, "offset": np.int64(1)},
    {"mask": "bool", "is_causal": True, "offset": N_K},
]
SHAPES = [
    [(N_Q, D_K), (N_K, D_K), (N_K, D_V)],
    [(13, N_Q, D_K), (13, N_K, D_K), (13, N_K, D_V)],
    [(2, 13, N_Q, D_K), (2, 13, N_K, D_K), (2, 13, N_K, D_V)],
    [(2, 1, N_Q, D_K), (13, N_K, D_K), (2, 13, N_K, D_V)],
    [(N_Q, D_K), (N_K, D_K), (13, 2, 17, N_K, D_V)],
    [(13, 2, 1, N_Q, D_K), (2, 17, N_K, D_K), (N_K, D_V)],
]
SHARED = [
    [(6, N_Q, D_K), (2, N_K, D_K), (2, N_K, D_V)],
    [(13, 6, N_Q, D_K), (13, 3, N_K, D_K), (13, 3, N_K, D_V)],
    [(13, 6, N_Q, D_K), (1, N_K, D_K), (13, 1, N_K, D_V)],
    [(13, 2, 6, N_Q, D_K), (2, 6, N_K, D_K), (13, 1, 6, N_K, D_V)],
]

MASKS = [(), (N_K,), (1, N_K), (N_Q, 1), (6, 1, 1), (13, 1, N_Q, N_K)]


def mask_of(kind: str | None, dtype: Any = torch.float64, seed: int = 3) -> Any:
    """Draw a mask whose second row hides everything."""
    if kind is None:
        return None
    shown = torch.rand(N_Q, N_K, generator=torch.Generator().manual_seed(seed)) < 0.6
    shown[0, 0], shown[1] = True, False
    bias = tensors(seed, (N_Q, N_K), dtype=dtype)[0]
    return shown if kind == "bool" else torch.where(shown, bias, -torch.inf)


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("shapes", [*SHAPES, *SHARED], ids=str)
def test_a_path_on_the_cpu_gives_what_the_package_s_function_gives(
    shapes: Any, options: dict[str, Any]
) -> None:
    arrays = tensors(2, *shapes)
    rest = {name: value for name, value in options.items() if name != "mask"}
    rest |= {"enable_gqa": shapes in SHARED}
    mask = mask_of(options.get("mask"))
    own = attention.scaled_dot_product_attention(*arrays, mask, **rest)
    for path in ("torch", "plain", None):
        close(scaled_dot_product_attention(*arrays, mask, path=path, **rest), own)


@pytest.mark.parametrize("kind", ["bool", "float"])
@pytest.mark.parametrize(
    ("leading", "shape"),
    [
        *(((), shape) for shape in MASKS[:4]),
        *(((13, 6), shape) for shape in MASKS),
        *(((2, 13, 6), shape) for shape in MASKS),
    ],
    ids=str,
)
def test_a_mask_of_any_shape_hides_the_same_on_pytorch_s_path(
    kind: str, leading: Any, shape: Any
) -> None:
    arrays = tensors(4, (*leading, N_Q, D_K), (*leading, N_K, D_K), (*leading, N_K, D_V))
    shown = torch.rand(shape, generator=torch.Generator().manual_seed(5)) < 0.5
    mask = shown if kind == "bool" else torch.where(shown, 0.25, -torch.inf).double()
    found = scaled_dot_product_attention(*arrays, mask, path="torch", is_causal=True)
    close(found, attention.scaled_dot_product_attention(*arrays, mask, is_causal=True))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32], ids=str)
@pytest.mark.parametrize("options", [{}, {"is_causal": True}, {"mask": "bool"}, {"mask": "float"}])
def test_pytorch_s_path_keeps_the_precision(dtype: Any, options: dict[str, Any]) -> None:
    arrays = tensors(6, (13, N_Q, D_K), (13, N_K, D_K), (13, N_K, D_V), dtype=dtype)
    mask = mask_of(options.get("mask"), dtype)
    causal = "is_causal" in options
    found = scaled_dot_product_attention(*arrays, mask, is_causal=causal, path="torch")
    own = attention.scaled_dot_product_attention(*arrays, mask, is_causal=causal)
    close(found, own, 8 * torch.finfo(dtype).eps)  # values lie within 4


@pytest.mark.parametrize("path", [None, "torch", "plain"])
def test_autocast_changes_nothing(path: Any) -> None:
    arrays = tensors(6, (N_Q, D_K), (N_K, D_K), (N_K, D_V), dtype=torch.float32)
    expected = scaled_dot_product_attention(*arrays, mask_of("float", torch.float32), path=path)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        found = scaled_dot_product_attention(*arrays, mask_of("float", torch.float32), path=path)
    assert found.dtype == torch.float32
    assert torch.equal(found, expected)


def test_a_subclass_of_tensors_takes_pytorch_s_path() -> None:
    class Tagged(torch.Tensor):
        """A tensor that somebody gave a class of its own."""

    query, key, value = tensors(6, (N_Q, D_K), (N_K, D_K), (N_K, D_V))
    arrays = query.as_subclass(Tagged), key, value
    assert explain(*arrays).path == "torch"
    close(scaled_dot_product_attention(*arrays), scaled_dot_product_attention(query, key, value))


@pytest.mark.filterwarnings("ignore:`torch.jit.script` is deprecated")  # PyTorch's own call
def test_who_wants_gradients_of_forward_mode_wants_gradients() -> None:
    query, key, value = tensors(6, (1, D_K), (N_K, D_K), (N_K, D_V))
    assert not dispatch._described(query, key, value, None).differentiable
    with torch.autograd.forward_ad.dual_level():
        dual = torch.autograd.forward_ad.make_dual(query, torch.ones_like(query))
        assert dispatch._described(dual, key, value, None).differentiable


@pytest.mark.parametrize("backend", ["MATH", "FLASH_ATTENTION"])
@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_nan_in_a_key_reaches_whom_it_reaches_in_the_formula(
    options: dict[str, Any], backend: str
) -> None:
    query, key, value = tensors(22, (2, N_Q, D_K), (2, N_K, D_K), (2, N_K, D_V))
    key[1, 2, 3] = torch.nan
    rest = {name: given for name, given in options.items() if name != "mask"}
    rest |= {"attn_mask": mask_of(options.get("mask"))}
    chosen = getattr(torch.nn.attention.SDPBackend, backend)
    with torch.nn.attention.sdpa_kernel([chosen, torch.nn.attention.SDPBackend.MATH]):
        found = scaled_dot_product_attention(query, key, value, path="torch", **rest)
    close(found, attention.scaled_dot_product_attention(query, key, value, **rest))
    assert not found[0].isnan().any()


def test_scores_beyond_the_largest_half_stay_finite() -> None:
    for dtype in (torch.float16, torch.bfloat16):
        full = torch.full((N_K, D_K), 300.0, dtype=dtype)
        for options in ({}, {"is_causal": True}, {"attn_mask": mask_of("bool")[[0, 0, 0, 0, 0]]}):
            found = scaled_dot_product_attention(full, full, full, path="torch", **options)
            assert torch.equal(found, full)


@pytest.mark.parametrize("path", ["plain", None])
def test_numpy_arrays_are_computed_by_the_formula(path: Any) -> None:
    arrays = [a.numpy() for a in tensors(7, (N_Q, D_K), (N_K, D_K), (N_K, D_V))]
    found = scaled_dot_product_attention(*arrays, is_causal=True, softcap=2.0, path=path)
    assert isinstance(found, np.ndarray)
    own = attention.scaled_dot_product_attention(*arrays, is_causal=True, softcap=2.0)
    np.testing.assert_array_equal(found, own)


@pytest.mark.parametrize(("n_q", "n_k"), [(0, N_K), (N_Q, 0), (0, 0)])
def test_there_may_be_no_query_or_no_key(n_q: int, n_k: int) -> None:
    arrays = tensors(8, (2, n_q, D_K), (2, n_k, D_K), (2, n_k, D_V))
    found = scaled_dot_product_attention(*arrays, is_causal=True)
    assert torch.equal(found, torch.zeros(2, n_q, D_V, dtype=torch.float64))


@pytest.mark.parametrize("kind", ["bool", "float"])
def test_pytorch_is_asked_for_nothing_that_a_kernel_may_get_wrong(
    monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    given, theirs = [], torch.nn.functional.scaled_dot_product_attention

    def recorded(query: Any, key: Any, value: Any, mask: Any, **options: Any) -> Any:
        given.append((mask, options["scale"]))
        return theirs(query, key, value, mask, **options)

    monkeypatch.setattr(torch.nn.functional, "scaled_dot_product_attention", recorded)
    arrays = tensors(20, (N_Q, D_K), (N_K, D_K), (N_K, D_V))
    found = scaled_dot_product_attention(*arrays, mask_of(kind), scale=-3.0, path="torch")
    close(found, attention.scaled_dot_product_attention(*arrays, mask_of(kind), scale=-3.0))
    [(mask, scale)] = given
    assert scale == 3.0, "whoever takes a row's maximum before scaling would take its least score"
    shown = mask if kind == "bool" else mask > -torch.inf
    assert shown.any(-1).all(), "whoever divides by a row's sum would divide by 0"
    assert not shown.all()


def test_causality_that_hides_nothing_makes_no_mask(monkeypatch: pytest.MonkeyPatch) -> None:
    given = []
    monkeypatch.setattr(
        torch.nn.functional,
        "scaled_dot_product_attention",
        lambda *arrays, **options: given.append((arrays[3], options)) or arrays[0],
    )
    arrays = tensors(21, *[(N_Q, D_K)] * 3)
    for offset in (0, 1, 2, 3):  # query 0 sees keys 0 to offset
        scaled_dot_product_attention(*arrays, is_causal=True, offset=offset, path="torch")
    assert [mask is None for mask, _ in given] == [True, False, True, True]
    assert [options["is_causal"] for _, options in given] == [True, False, False, False]


def test_nan_in_a_mask_that_is_not_read_comes_out_again() -> None:
    query, key, value = tensors(23, (N_Q, D_K), (N_K, D_K), (N_K, D_V))
    mask = torch.zeros(N_Q, N_K, dtype=torch.float64)
    case = dispatch._described(query, key, value, mask)
    mask[0], mask[1] = -torch.inf, -torch.inf
    mask[0, 2] = torch.nan  # as on a GPU, whose masks nobody looks at
    found = _paths.run("torch", case, query, key, value, mask)
    assert found.isnan().all(-1).tolist() == [True, False, False]
    assert (found[1] == 0).all()


def test_no_argument_is_changed() -> None:
    arrays = [*tensors(9, (N_Q, D_K), (N_K, D_K), (N_K, D_V)), mask_of("bool")]
    copies = [array.clone() for array in arrays]
    scaled_dot_product_attention(*arrays, scale=-1.0, path="torch")
    assert all(map(torch.equal, arrays, copies))


def test_arguments_and_result_have_the_shapes_that_the_signature_says() -> None:
    checked = jaxtyped(typechecker=beartype)(scaled_dot_product_attention)
    for path in ("torch", "plain"):
        arrays = tensors(10, (13, 1, N_Q, D_K), (2, N_K, D_K), (2, N_K, D_V))
        assert checked(*arrays, mask_of("float"), path=path).shape == (13, 2, N_Q, D_V)
        told = jaxtyped(typechecker=beartype)(explain)(*arrays, mask_of("float"), path=path)
        assert told.path == path


# Rows that see nothing, gradients


@pytest.mark.parametrize("kind", ["bool", "float"])
@pytest.mark.parametrize("dtype", [torch.float16, torch.float32, torch.float64], ids=str)
@pytest.mark.parametrize("is_causal", [False, True])
@pytest.mark.parametrize("backend", ["MATH", "FLASH_ATTENTION"])
def test_a_query_that_sees_nothing_gets_zeros_and_gives_no_gradient(
    kind: str, dtype: Any, is_causal: bool, backend: str
) -> None:
    query, key, value = tensors(11, (13, N_Q, D_K), (13, N_K, D_K), (13, N_K, D_K), dtype=dtype)
    for each in (query, key, value):
        each.requires_grad_()
    mask = mask_of(kind, dtype)
    chosen = getattr(torch.nn.attention.SDPBackend, backend)
    with torch.nn.attention.sdpa_kernel([chosen, torch.nn.attention.SDPBackend.MATH]):
        output = scaled_dot_product_attention(
            query, key, value, mask, is_causal=is_causal, path="torch"
        )
        assert (output[:, 1] == 0).all()
        output[:, 1].sum().backward()
    for each in (query, key, value):
        assert (each.grad == 0).all()


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_gradients_on_pytorch_s_path_are_those_of_finite_differences(
    options: dict[str, Any],
) -> None:
    arrays = [a.requires_grad_() for a in tensors(12, (2, N_Q, D_K), (N_K, D_K), (2, N_K, D_V))]
    mask = mask_of(options.get("mask"))
    rest = {name: value for name, value in options.items() if name != "mask"}
    assert torch.autograd.gradcheck(
        lambda *each: scaled_dot_product_attention(*each, mask, path="torch", **rest),
        arrays,
        fast_mode=True,
    )


def test_gradients_reach_a_floating_mask_and_shared_heads() -> None:
    shapes = (6, N_Q, D_K), (3, N_K, D_K), (3, N_K, D_V), (6, N_Q, N_K)
    arrays = [a.requires_grad_() for a in tensors(13, *shapes)]
    assert torch.autograd.gradcheck(
        lambda *each: scaled_dot_product_attention(*each, enable_gqa=True, path="torch"),
        arrays,
        fast_mode=True,
    )


# Nothing leaves the device


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("path", ["torch", None])
def test_tensors_without_contents_find_their_way(path: Any, options: dict[str, Any]) -> None:
    arrays = [a.to("meta") for a in tensors(14, (2, N_Q, D_K), (2, N_K, D_K), (2, N_K, D_V))]
    mask = mask_of(options.get("mask"))
    rest = {name: value for name, value in options.items() if name != "mask"}
    rest |= {"attn_mask": None if mask is None else mask.to("meta"), "path": path}
    assert explain(*arrays, **rest).path == "torch"
    found = scaled_dot_product_attention(*arrays, **rest)
    assert (found.device.type, found.shape) == ("meta", (2, N_Q, D_V))


class NothingIsReadBack(TorchDispatchMode):
    """Refuses every operation for whose result Python would wait for a GPU."""

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        name = str(func)
        assert not re.search(r"_local_scalar_dense|is_nonzero|nonzero|equal\b|item", name), name
        assert name != "aten._to_copy.default" or "device" not in (kwargs or {}), name
        return func(*args, **(kwargs or {}))


@pytest.mark.parametrize(
    "options", [each for each in OPTIONS if each.get("mask") != "float"], ids=str
)
def test_no_path_of_tensors_waits_for_the_device(options: dict[str, Any]) -> None:
    arrays = tensors(15, (2, N_Q, D_K), (2, N_K, D_K), (2, N_K, D_V))
    mask = mask_of(options.get("mask"))
    rest = {name: value for name, value in options.items() if name != "mask"}
    with NothingIsReadBack():
        for path in ("torch", "plain"):
            scaled_dot_product_attention(*arrays, mask, path=path, **rest)
    with pytest.raises(AssertionError, match="_local_scalar_dense"), NothingIsReadBack():
        arrays[0].sum().item()


# The kernels are called with what they take


class Kernel:
    """Stands for a kernel: records how it was called, answers by the formula."""

    def __init__(self) -> None:
        self.calls: list[tuple[list[tuple[int, ...]], dict[str, Any]]] = []

    def __call__(self, query: Any, key: Any, value: Any, **options: Any) -> Any:
        self.calls.append(([tuple(a.shape) for a in (query, key, value)], options))
        rest = {"is_causal": True, "offset": key.shape[-2] - query.shape[-2]} | options
        return attention.scaled_dot_product_attention(query, key, value, enable_gqa=True, **rest)


@pytest.fixture
def kernels(monkeypatch: pytest.MonkeyPatch) -> dict[str, Kernel]:
    """Put stand-ins where the kernels are, on a CPU that could interpret them."""
    monkeypatch.setenv("TRITON_INTERPRET", "1")
    monkeypatch.setattr(dispatch, "_has_triton", lambda: True)
    found = {"flash_attention": Kernel(), "flash_decode": Kernel()}
    monkeypatch.setattr(_paths, "_kernel", found.__getitem__)
    return found


@pytest.mark.parametrize(
    ("query", "key", "enable_gqa", "seen"),
    [
        ((3, 16), (5, 16), False, [(1, 1, 3, 16), (1, 1, 5, 16)]),
        ((7, 3, 32), (7, 5, 32), False, [(1, 7, 3, 32), (1, 7, 5, 32)]),
        ((2, 7, 3, 64), (2, 7, 5, 64), False, [(2, 7, 3, 64), (2, 7, 5, 64)]),
        ((2, 13, 7, 3, 16), (2, 13, 7, 5, 16), False, [(26, 7, 3, 16), (26, 7, 5, 16)]),
        ((6, 3, 16), (2, 5, 16), True, [(1, 6, 3, 16), (1, 2, 5, 16)]),
        ((13, 7, 6, 3, 16), (13, 7, 2, 5, 16), True, [(91, 6, 3, 16), (91, 2, 5, 16)]),
    ],
)
@pytest.mark.parametrize("path", ["flash_attention", "flash_decode"])
def test_a_kernel_sees_two_axes_before_the_tokens(
    kernels: dict[str, Kernel], path: Any, query: Any, key: Any, enable_gqa: bool, seen: Any
) -> None:
    arrays = tensors(16, query, key, key, dtype=torch.float32)
    options: dict[str, Any] = {"is_causal": True, "offset": 2, "scale": 0.5}
    found = scaled_dot_product_attention(*arrays, enable_gqa=enable_gqa, path=path, **options)
    own = attention.scaled_dot_product_attention(*arrays, enable_gqa=enable_gqa, **options)
    close(found, own, 1e-6)
    given = options if path == "flash_attention" else {"scale": 0.5}
    assert kernels[path].calls == [([*seen, seen[1]], given)]


def test_a_kernel_is_given_views_where_strides_allow_it(
    kernels: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    key = torch.zeros(2, 5, 3, 16).transpose(1, 2)  # (batch, n_heads, n_k, d), as layers make them
    query = torch.zeros(2, 6, 1, 16)
    pointers = []
    monkeypatch.setitem(
        kernels, "flash_decode", lambda q, k, v, **_: pointers.append(k.data_ptr()) or q
    )
    scaled_dot_product_attention(query, key, key, enable_gqa=True, path="flash_decode")
    assert pointers == [key.data_ptr()]


KERNELS_IN_THE_INTERPRETER = """
import torch
import attention
from attention.gpu import scaled_dot_product_attention
generator = torch.Generator().manual_seed(17)
for path, n_q, options in [
    ("flash_attention", 19, {"is_causal": True, "offset": 4}),
    ("flash_attention", 19, {"scale": 0.5}),
    ("flash_decode", 3, {"is_causal": True, "offset": 20}),
    ("flash_decode", 1, {}),
]:
    shapes = (2, 6, n_q, 16), (2, 3, 23, 16), (2, 3, 23, 16)
    arrays = [torch.randn(shape, generator=generator) for shape in shapes]
    options |= {"enable_gqa": True}
    found = scaled_dot_product_attention(*arrays, path=path, **options)
    own = attention.scaled_dot_product_attention(*arrays, **options)
    print(path, found.shape == own.shape, float((found - own).abs().max()) < 1e-5)
"""


def test_each_kernel_that_is_asked_for_gives_what_the_package_s_function_gives(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pytest.importorskip("triton", reason="triton is for Linux alone; `make test` installs it there")
    monkeypatch.setenv(
        "TRITON_INTERPRET", "1"
    )  # read when Triton is imported: a process of its own
    command = [sys.executable, "-c", KERNELS_IN_THE_INTERPRETER]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    paths = ["flash_attention"] * 2 + ["flash_decode"] * 2
    assert done.stdout.splitlines() == [f"{path} True True" for path in paths]


# What is refused


@pytest.mark.parametrize(
    ("shapes", "options"),
    [
        (((3, 7), (5, 2), (5, 11)), {}),
        (((3, 7), (5, 7), (2, 11)), {}),
        (((2, 3, 7), (13, 5, 7), (5, 11)), {}),
        (((7,), (5, 7), (5, 11)), {}),
        (((6, 3, 7), (4, 5, 7), (2, 5, 11)), {"enable_gqa": True}),
        (((3, 7), (5, 7), (5, 11)), {"scale": float("nan")}),
        (((3, 7), (5, 7), (5, 11)), {"scale": "0.5"}),
        (((3, 7), (5, 7), (5, 11)), {"offset": -1}),
        (((3, 7), (5, 7), (5, 11)), {"offset": 1.0}),
        (((3, 7), (5, 7), (5, 11)), {"softcap": 0}),
        (((6, 3, 7), (6, 5, 7), (6, 5, 11)), {"sinks": torch.ones(5).double()}),
        (((3, 7), (5, 7), (5, 11)), {"attn_mask": torch.ones(3, 2) > 0}),
        (((3, 7), (5, 7), (5, 11)), {"attn_mask": torch.ones(3, 5)}),
        (((3, 7), (5, 7), (5, 11)), {"attn_mask": torch.ones(3, 5).double() * torch.inf}),
        (((3, 7), (5, 7), (5, 11)), {"attn_mask": [[True] * 5] * 3}),
    ],
    ids=str,
)
@pytest.mark.parametrize("path", [None, "torch", "plain", "flash_attention"])
def test_it_refuses_what_the_package_s_function_refuses(
    path: Any, shapes: Any, options: dict[str, Any]
) -> None:
    arrays = tensors(18, *shapes)
    with pytest.raises((TypeError, ValueError)) as own:
        attention.scaled_dot_product_attention(*arrays, **options)
    for function in (scaled_dot_product_attention, explain):
        with pytest.raises(own.type, match=f"^{re.escape(str(own.value))}$"):
            function(*arrays, path=path, **options)


@pytest.mark.parametrize(
    ("path", "options", "message"),
    [
        ("fast", {}, f"path must be None or one of {', '.join(PATHS)}; got 'fast'"),
        ("torch", {"softcap": 3.0}, "path 'torch' needs softcap None; got softcap 3.0"),
        ("flash_decode", {"softcap": 3}, "path 'flash_decode' needs softcap None; got softcap 3"),
    ],
)
def test_a_path_that_does_not_fit_is_refused(
    path: Any, options: dict[str, Any], message: str
) -> None:
    arrays = tensors(19, (N_Q, D_K), (N_K, D_K), (N_K, D_V))
    for function in (scaled_dot_product_attention, explain):
        with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
            function(*arrays, path=path, **options)


@pytest.mark.parametrize("path", ["torch", "flash_attention", "flash_decode"])
def test_sinks_are_computed_by_the_formula_and_refused_by_the_kernels(path: str) -> None:
    *arrays, sinks = tensors(20, (6, N_Q, D_K), (6, N_K, D_K), (6, N_K, D_V), (6,))
    own = attention.scaled_dot_product_attention(*arrays, sinks=sinks)
    close(scaled_dot_product_attention(*arrays, sinks=sinks), own)
    assert explain(*arrays, sinks=sinks).path == "plain"
    message = f"path '{path}' needs sinks None; got sinks (6,)"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        scaled_dot_product_attention(*arrays, sinks=sinks, path=path)


def test_paths_for_tensors_refuse_other_arrays() -> None:
    for path in ("flash_decode", "flash_attention", "torch"):
        message = f"^path '{path}' needs tensors of PyTorch; got numpy$"
        with pytest.raises(ValueError, match=message):
            scaled_dot_product_attention(*[np.ones((3, 7))] * 3, path=path)
