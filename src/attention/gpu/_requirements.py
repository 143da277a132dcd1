"""What each path needs, so that the choice is made, and explained, before anything runs."""

from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

__all__ = ["MOST_ROWS", "PATHS", "WIDTHS", "Case", "first_lack"]

PATHS = ("flash_decode", "flash_attention", "torch", "plain")
"""From the fastest to the one that takes everything."""

WIDTHS = (16, 32, 64, 128)  # of a head, which the kernels take
MOST_ROWS = 64  # queries of a group, times new tokens, that one program of decoding can hold

Lack: TypeAlias = tuple[str, str]  # what is needed, and what came
Shape: TypeAlias = tuple[int, ...]


class Case(NamedTuple):
    """What a choice depends on; to know it, nothing is read from a device's memory.

    Attributes:
        library: of the arrays, "torch" or another.
        device: the kind of it, "cuda" or another.
        capability: the compute capability of a GPU by NVIDIA.
        dtype: "float16", say.
        query: shape, ``(*batch, n_q, d_k)``; with heads to be shared the
            last axis of batch counts these, here and in key and value.
        key: shape, ``(*batch, n_k, d_k)``.
        value: shape, ``(*batch, n_k, d_v)``.
        weights: shape, ``(*batch, n_q, n_k)``, the batch axes of all.
        attn_mask: shape, if there is a mask.
        is_causal: and the following as in the call.
        scale: factor of the scores, if given.
        enable_gqa: whether heads are shared.
        offset: how many keys lie before the first query.
        softcap: bound of the scores, if given.
        differentiable: whether somebody will want gradients.
        triton: whether Triton is installed.
        interpreted: whether it runs kernels on the CPU, slowly.
        forced: whether the path was named.
    """

    library: str
    device: str
    capability: tuple[int, int] | None
    dtype: str
    query: Shape
    key: Shape
    value: Shape
    weights: Shape
    attn_mask: Shape | None
    is_causal: bool
    scale: float | None
    enable_gqa: bool
    offset: int
    softcap: float | None
    differentiable: bool
    triton: bool
    interpreted: bool
    forced: bool

    @property
    def n_q(self) -> int:
        """Number of queries."""
        return self.query[-2]

    @property
    def n_k(self) -> int:
        """Number of keys."""
        return self.key[-2]

    @property
    def group(self) -> int:
        """How many query heads share a key head."""
        return self.query[-3] // self.key[-3] if self.enable_gqa else 1

    @property
    def hides_later(self) -> bool:
        """Whether causality hides any key from any query."""
        return self.is_causal and self.offset < self.n_k - 1


def first_lack(case: Case, path: str) -> Lack | None:
    """Return the first thing that a path needs and does not get, with what came instead."""
    lacks = {
        "flash_decode": _lacks_of_flash_decode,
        "flash_attention": _lacks_of_kernels,
        "torch": _lacks_of_torch,
    }
    return None if path == "plain" else next(lacks[path](case), None)


def _lacks_of_torch(case: Case) -> Iterator[Lack]:
    """Yield what PyTorch's function needs and does not get."""
    if case.library != "torch":
        yield "tensors of PyTorch", case.library
    if case.softcap is not None:
        yield "softcap None", f"softcap {case.softcap}"
    if 0 in case.weights:
        yield "at least one query and one key", f"(*batch, n_q, n_k) {case.weights}"
    if case.enable_gqa and case.key[-3] != case.value[-3]:
        yield "as many heads of values as of keys", f"key {case.key}, value {case.value}"


def _lacks_of_kernels(case: Case) -> Iterator[Lack]:
    """Yield what both kernels need and do not get: more than PyTorch's function does."""
    yield from _lacks_of_torch(case)
    yield from _lacks_of_hardware(case)
    if case.attn_mask is not None:
        yield "attn_mask None", f"attn_mask {case.attn_mask}"
    if case.scale is not None and case.scale <= 0:
        yield "scale above 0", f"scale {case.scale}"
    widths = case.query[-1], case.value[-1]
    if widths not in {(d, d) for d in WIDTHS}:
        yield "d_k = d_v, one of 16, 32, 64 and 128", f"d_k {widths[0]}, d_v {widths[1]}"
    own = 3 if case.enable_gqa else 2
    if not case.query[:-own] == case.key[:-own] == case.value[:-own]:
        came = f"query {case.query}, key {case.key}, value {case.value}"
        yield "batch axes that are equal", came


def _lacks_of_hardware(case: Case) -> Iterator[Lack]:
    """Yield what both kernels need around them; a float32 product takes no tensor core."""
    if not case.triton:
        yield "Triton", "an environment without it"
    on_cpu = case.forced and case.interpreted  # to test the kernels where there is no GPU
    if case.device != "cuda" and not on_cpu:
        yield "a CUDA device", case.device
    if case.device == "cuda" and (case.capability or (0, 0))[0] != 9:  # nothing else was tried
        came = "none" if case.capability is None else "{}.{}".format(*case.capability)
        yield "compute capability 9", came
    dtypes = ["float16", *(["bfloat16"] if case.device == "cuda" else [])]  # wrong in interpreter
    if case.dtype not in [*dtypes, *(["float32"] if case.forced else [])]:
        yield " or ".join(dtypes), case.dtype


def _lacks_of_flash_decode(case: Case) -> Iterator[Lack]:
    """Yield what the kernel for few queries needs and does not get."""
    yield from _lacks_of_kernels(case)
    if case.n_q > 8:
        yield "n_q of at most 8", f"n_q {case.n_q}"
    if case.n_q * case.group > MOST_ROWS:
        yield f"at most {MOST_ROWS} queries a key head", f"{case.n_q * case.group}"
    last = case.is_causal and case.offset == case.n_k - case.n_q
    if not last and (case.n_q > 1 or case.hides_later):
        needed = "queries that are the last tokens, is_causal with offset n_k - n_q"
        yield needed, f"is_causal {case.is_causal}, offset {case.offset}"
    if case.differentiable:
        yield "inputs that want no gradient", "requires_grad"
