"""Check the kernels against float64, and their error against PyTorch's own in the same precision.

An error is ``|out - reference| / |reference|``; the reference starts from the inputs as they are
rounded to the precision that is checked. The ratio is to the error of PyTorch's best fused backend
(float32: of its plain product and softmax), or, if larger, to the error that rounding the
reference itself makes: no result of that precision is better than that.
"""

import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
from torch import Tensor

from attention.gpu.bench._device import Cpu, Cuda
from attention.gpu.bench._kernels import FUSED, Kernels, torch_attention
from attention.gpu.bench._reference import (
    cached_visible,
    causal_visible,
    reference,
    relative_error,
)
from attention.gpu.bench._timing import rounded

DTYPES = ["bfloat16", "float16", "float32"]
MOST = 1.5  # times PyTorch's own error
FAR = 0.1  # whoever answers another question, as another alignment of the mask, is off by about 1
NAN_16 = 0x7FC0  # the bits of a NaN in bfloat16 and float16, and in float32 when repeated


class Case(NamedTuple):
    """One set of inputs and options. A size of scores stands for how large they come out."""

    name: str
    n_q: int = 113
    n_k: int = 203
    d: int = 64
    n_heads: int = 4
    n_kv_heads: int = 4
    is_causal: bool = False
    offset: int = 0
    scale: float | None = None
    layout: str = "plain"
    size: float = 0.0
    lengths: tuple[int, ...] | None = None
    batch: int = 2


FORWARD = [
    Case("odd"),
    Case("odd_causal", is_causal=True),
    Case("wide", d=128),
    Case("wide_causal", d=128, is_causal=True),
    Case("long_causal", 1023, 1024, is_causal=True),
    Case("long_wide_causal", 1023, 1024, d=128, is_causal=True),
    Case("long", 1023, 1024),
    Case("long_wide", 1023, 1024, d=128),
    Case("one", 1, 1),
    Case("one_causal", 1, 1, is_causal=True),
    Case("one_key", 239, 1),
    Case("grouped", n_kv_heads=2, n_heads=8),
    Case("grouped_wide_causal", n_kv_heads=1, n_heads=4, d=128, is_causal=True),
    Case("cache_offset", 113, 203, is_causal=True, offset=90),
    Case("cache_offset_wide", 57, 331, d=128, is_causal=True, offset=274),
    Case("hidden_rows", 113, 203, is_causal=True, offset=-40),
    Case("all_hidden", 17, 203, is_causal=True, offset=-17),
    Case("sees_all", 113, 203, is_causal=True, offset=500),
    Case("more_queries", 331, 57, is_causal=True),
    Case("scale", scale=0.05),
    Case("heads_last", layout="heads_last", is_causal=True),
    Case("sliced", layout="sliced", d=128),
    Case("shifted", layout="shifted", is_causal=True),
    Case("huge", size=1e4),
    Case("huge_wide_causal", size=1e4, d=128, is_causal=True),
    Case("narrow", d=32),
    Case("narrow_causal", d=32, is_causal=True),
    Case("narrowest_causal", d=16, is_causal=True),
]
DECODE = [
    Case("full", 1, 1024, 128, 32, 8),
    Case("odd", 1, 1031, 128, 32, 8, lengths=(1031, 517)),
    Case("lengths", 1, 1024, 128, 8, 2, lengths=(0, 1, 37, 1024), batch=4),
    Case("several", 3, 1031, 128, 8, 2, lengths=(1031, 517)),
    Case("several_short", 3, 256, 64, 8, 2, lengths=(0, 1, 2, 3), batch=4),
    Case("narrow", 1, 4099, 64, 8, 8, lengths=(4099, 4000)),
    Case("one_group", 1, 2048, 64, 16, 1, lengths=(2047, 1)),
    Case("long", 1, 65_537, 128, 8, 2, batch=1),
    Case("one_key", 1, 1, 128, 8, 2),
    Case("scale", 1, 509, 64, 8, 2, scale=0.05),
    Case("heads_last", 1, 509, 128, 8, 2, layout="heads_last"),
    Case("sliced", 3, 509, 128, 8, 2, layout="sliced"),
    Case("shifted", 1, 509, 128, 8, 2, layout="shifted"),
    Case("huge", 1, 1031, 128, 8, 2, size=1e4),
    Case("narrowest", 1, 509, 16, 8, 2, lengths=(509, 100)),
    Case("wide_group", 4, 509, 128, 16, 2, lengths=(509, 3)),
    Case("widest_group", 8, 1031, 128, 16, 2, lengths=(1031, 700)),
    Case("widest_group_narrow", 4, 1031, 64, 16, 1),
]
GRADIENT = [
    Case("odd"),
    Case("odd_causal", is_causal=True),
    Case("wide_causal", d=128, is_causal=True),
    Case("long", 1023, 1024),
    Case("long_wide_causal", 1023, 1024, d=128, is_causal=True),
    Case("one_query", 1, 239),
    Case("grouped_causal", n_kv_heads=2, n_heads=8, is_causal=True),
    Case("grouped_wide", n_kv_heads=1, n_heads=4, d=128),
    Case("cache_offset", 113, 203, is_causal=True, offset=90),
    Case("hidden_rows", 113, 203, is_causal=True, offset=-40),
    Case("scale", scale=0.05),
    Case("heads_last", layout="heads_last", is_causal=True),
    Case("narrow_causal", d=32, is_causal=True),
    Case("narrowest", d=16),
]
SLOW_IN_FLOAT32 = {"long_wide", "long_wide_causal"}  # compile for long, and tell no more


@dataclass
class Inputs:
    """What a case gives to a kernel."""

    query: Tensor
    key: Tensor
    value: Tensor
    visible: Tensor  # (batch or 1, 1, n_q, n_k)
    lengths: Tensor | None
    options: dict[str, Any]


def drawn(case: Case, dtype: torch.dtype, device: str, seed: int, *, decode: bool) -> Inputs:
    """Draw Gaussian inputs in the layout of the case, and say who sees whom."""
    generator = torch.Generator(device).manual_seed(seed)

    def normal(n_heads: int, n: int, factor: float = 1.0) -> Tensor:
        shape = {
            "plain": (case.batch, n_heads, n, case.d),
            "heads_last": (case.batch, n, n_heads, case.d),
            "sliced": (case.batch, n_heads + 1, n + 3, 2 * case.d),
            "shifted": (case.batch, n_heads, n, case.d + 5),
        }[case.layout]
        x = (torch.randn(shape, generator=generator, device=device) * factor).to(dtype)
        if case.layout == "heads_last":
            return x.transpose(1, 2)
        if case.layout == "sliced":
            return x[:, 1:, 2:-1, : case.d]
        return x[..., 3:-2] if case.layout == "shifted" else x  # rows begin anywhere

    # Scores q · k / sqrt(d) of unit rows have a standard deviation of 1.
    query = normal(case.n_heads, case.n_q, case.size or 1.0)
    key, value = (normal(case.n_kv_heads, case.n_k) for _ in range(2))
    options: dict[str, Any] = {} if case.scale is None else {"scale": case.scale}
    lengths = None
    if decode:
        count = case.lengths or (case.n_k,) * case.batch
        told = torch.tensor(count, dtype=torch.int32, device=device)
        visible = cached_visible(told, case.n_q, case.n_k)
        lengths = told if case.lengths else None
        options["lengths"] = lengths
    else:
        offset = case.offset if case.is_causal else case.n_k
        visible = causal_visible(case.n_q, case.n_k, offset, device)[None, None]
        options |= {"is_causal": case.is_causal} | ({"offset": case.offset} if case.offset else {})
    return Inputs(query, key, value, visible, lengths, options)


def poison(shapes: list[tuple[torch.Size, torch.dtype]], device: str) -> None:
    """Fill memory with NaN and free it, so that a result begins its life as NaN."""
    sizes = [2**18] * 32 + [2**25] * 2 if device == "cuda" else [2**12] * 8
    if device == "cuda":
        torch.cuda.empty_cache()
    blocks = [torch.full((n,), NAN_16, dtype=torch.int16, device=device) for n in sizes]
    for shape, dtype in shapes:
        blocks += [torch.full(shape, torch.nan, dtype=dtype, device=device) for _ in range(3)]
    if device == "cuda":
        torch.cuda.synchronize()
    del blocks


def torch_results(
    inputs: Inputs, case: Case, run: Callable[[str, dict[str, Any]], list[Tensor]]
) -> list[tuple[str, list[Tensor]]]:
    """Return what each backend of PyTorch answers that takes these inputs."""
    dtype = inputs.query.dtype
    fused = dtype != torch.float32
    if not fused or bool(inputs.visible.all()):
        how: dict[str, Any] = {"attn_mask": None if fused else inputs.visible}
    elif "lengths" not in inputs.options and case.offset == 0 and case.n_q == case.n_k:
        how = {"is_causal": True}
    else:
        how = {"attn_mask": inputs.visible}
    how["scale"] = case.scale
    found = []
    for backend in FUSED if fused else []:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # in which it says why it does not
                result = run(backend, how)
        except RuntimeError:
            continue  # this backend does not take these inputs
        if all(bool(tensor.isfinite().all()) for tensor in result):
            found.append((backend, result))
    return found or [("math", run("math", how))]


def compared(
    ours: list[Tensor],
    theirs: list[tuple[str, list[Tensor]]],
    right: list[Tensor],
    floor: float,
) -> dict[str, Any]:
    """Return the errors of ours and of PyTorch's best, and the worst ratio of a tensor."""
    worst: dict[str, Any] = {"ours": 0.0, "torch": 0.0, "ratio": 0.0, "backend": ""}
    for number, reference_ in enumerate(right):
        own = relative_error(ours[number], reference_)
        errors = {name: relative_error(result[number], reference_) for name, result in theirs}
        errors = {name: error for name, error in errors.items() if math.isfinite(error)}
        backend = min(errors, key=lambda name: errors[name]) if errors else ""
        other = errors.get(backend, 0.0)
        # The best that this precision can say.
        kept = max(relative_error(reference_.to(ours[number].dtype), reference_), floor)
        base = max(other, kept) if other < FAR else kept
        ratio = own / base if base else (0.0 if own == 0 else math.inf)
        if math.isnan(ratio):
            ratio = math.inf  # NaN never passes
        if ratio > worst["ratio"]:
            worst = {"ours": own, "torch": other, "ratio": ratio, "backend": backend}
    return worst


def judged(errors: dict[str, Any], dtype: torch.dtype, n_terms: int) -> list[str]:
    """Return what is wrong with these errors.

    In float32, roundings of the sums decide, and so their order: those of a sum of ``n_terms``
    wander off by about half an eps times the root of their number.
    """
    roundings = max(8.0, math.sqrt(n_terms) / 2)
    if dtype == torch.float32 and errors["ours"] <= roundings * torch.finfo(dtype).eps:
        return []
    if errors["ratio"] <= MOST:
        return []
    return [f"error {errors['ours']:.2e}, {errors['ratio']:.2f} times PyTorch's"]


def written(
    errors: dict[str, Any], failed: list[str], dtype: str, repeatable: bool
) -> dict[str, Any]:
    """Return a cell: numbers that are not finite stand in the texts alone."""
    numbers = {
        name: rounded(errors[name]) if math.isfinite(errors[name]) else None
        for name in ("ours", "torch", "ratio")
    }
    return {
        "dtype": dtype,
        **numbers,
        "backend": errors["backend"],
        "repeatable": repeatable,
        "failed": failed,
    }


def score_floor(case: Case) -> float:
    """Return the error of a weight when a score of this size is rounded to float32."""
    return case.size * float(torch.finfo(torch.float32).eps)


def check_forward(
    kernel: Callable[..., Any], case: Case, dtype_name: str, device: str, seed: int, *, decode: bool
) -> dict[str, Any]:
    """Check output, log-sum-exp, hidden rows, and that a second run gives the same bits."""
    dtype = getattr(torch, dtype_name)
    inputs = drawn(case, dtype, device, seed, decode=decode)
    query, key, value = inputs.query, inputs.key, inputs.value
    right, right_lse = reference(query, key, value, inputs.visible, case.scale)
    sees = inputs.visible.any(-1).expand(right.shape[:-1])  # (batch, n_heads, n_q)
    group = case.n_heads // case.n_kv_heads

    def theirs(backend: str, how: dict[str, Any]) -> list[Tensor]:
        k, v = (x.repeat_interleave(group, dim=1) for x in (key, value))
        with torch.no_grad():  # contiguous: not every backend can read rows that begin anywhere
            output = torch_attention(backend, query.contiguous(), k, v, **how)
        return [torch.where(sees[..., None], output, 0)]

    shapes = [(right.shape, dtype), (right_lse.shape, torch.float32)]
    results = []
    with torch.no_grad():
        for _ in range(2):
            poison(shapes, device)
            results.append(kernel(query, key, value, return_lse=True, **inputs.options))
        poison(shapes[:1], device)
        alone = kernel(query, key, value, **inputs.options)
    (output, lse), again = results
    failed = []
    if output.shape != right.shape or output.dtype != dtype or lse.dtype != torch.float32:
        failed.append(f"output {tuple(output.shape)} {output.dtype}, lse {lse.dtype}")
    errors = compared([output], torch_results(inputs, case, theirs), [right], score_floor(case))
    failed += judged(errors, dtype, case.n_k)
    if bool(output[~sees].count_nonzero()) or not bool((lse[~sees] == -math.inf).all()):
        failed.append("a row that sees nothing is not 0, or its log-sum-exp not -inf")
    # Products of rounded inputs are exact in float32 up to a few roundings of their sums.
    off, most = (0.0, 0.0)
    if bool(sees.any()):
        off = float((lse.double() - right_lse)[sees].abs().max())
        most = float(right_lse[sees].abs().max())
    if not off <= 8 * torch.finfo(torch.float32).eps * max(10.0, most):
        failed.append(f"log-sum-exp off by {off:.2e}")
    repeatable = bool(torch.equal(output, again[0]) and torch.equal(lse, again[1]))
    if not repeatable:
        failed.append("a second run gives other bits")
    if not relative_error(alone, right) <= 1.1 * relative_error(output, right):
        failed.append("another output without log-sum-exp")
    return written(errors, failed, dtype_name, repeatable)


def check_gradient(
    kernel: Callable[..., Any], case: Case, dtype_name: str, device: str, seed: int
) -> dict[str, Any]:
    """Check the gradients of query, key and value against those of float64."""
    dtype = getattr(torch, dtype_name)
    inputs = drawn(case, dtype, device, seed, decode=False)
    given = [inputs.query, inputs.key, inputs.value]
    generator = torch.Generator(device).manual_seed(seed + 1)
    shape = inputs.query.shape
    upstream = torch.randn(shape, generator=generator, device=device).to(dtype)
    sees = inputs.visible.any(-1, keepdim=True).expand(*shape[:-1], 1)
    group = case.n_heads // case.n_kv_heads

    def gradients(attend: Callable[..., Tensor], dtype: torch.dtype) -> list[Tensor]:
        leaves = [x.detach().to(dtype).requires_grad_() for x in given]
        output = attend(*leaves)
        return list(torch.autograd.grad(output, leaves, upstream.to(output.dtype)))

    def right(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        return reference(q, k, v, inputs.visible, case.scale)[0]

    def theirs(backend: str, how: dict[str, Any]) -> list[Tensor]:
        def attend(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
            k, v = (x.repeat_interleave(group, dim=1) for x in (k, v))
            return torch.where(sees, torch_attention(backend, q, k, v, **how), 0)

        return gradients(attend, dtype)

    expected = gradients(right, torch.float64)
    results = []
    for _ in range(2):
        poison([(x.shape, dtype) for x in given], device)
        results.append(gradients(lambda q, k, v: kernel(q, k, v, **inputs.options), dtype))
    errors = compared(results[0], torch_results(inputs, case, theirs), expected, score_floor(case))
    failed = judged(errors, dtype, max(case.n_q, case.n_k))
    if bool(results[0][0][~sees[..., 0]].count_nonzero()):
        failed.append("the gradient of a query that sees nothing is not 0")
    repeatable = all(torch.equal(a, b) for a, b in zip(*results, strict=True))
    if not repeatable:
        failed.append("a second run gives other bits")
    return written(errors, failed, dtype_name, repeatable)


def check_cells(
    what: str, dtypes: list[str], kernels: Kernels, device: Cuda | Cpu, seed: int, every: int
) -> list[tuple[str, Callable[[], Any]]]:
    """Return the checks of one kind, each with its name; of all cases, one of ``every``."""
    cases = {"forward": FORWARD, "decode": DECODE, "gradient": GRADIENT}[what]
    cells: list[tuple[str, Callable[[], Any]]] = []
    for dtype in dtypes:
        for number, case in enumerate(cases):
            if number % every or (dtype == "float32" and case.name in SLOW_IN_FLOAT32):
                continue
            fresh = seed * 1_000_003 + 1009 * DTYPES.index(dtype) + number

            def run(case: Case = case, dtype: str = dtype, fresh: int = fresh) -> dict[str, Any]:
                if what == "gradient":
                    return check_gradient(kernels.flash_attention, case, dtype, device.name, fresh)
                decode = what == "decode"
                kernel = kernels.flash_decode if decode else kernels.flash_attention
                return check_forward(kernel, case, dtype, device.name, fresh, decode=decode)

            cells.append((f"{what}_{dtype}_{case.name}", run))
    return cells
