"""What each path needs, so that the choice is made, and explained, before anything runs."""

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

__all__ = ["MOST_ROWS", "PATHS", "REQUIREMENTS", "WIDTHS", "Case", "Requirement", "first_lack"]

WIDTHS = (16, 32, 64, 128)  # of a head, which the kernels take
MOST_ROWS = 64  # queries of a group, times new tokens, that one program of decoding can hold

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
        sinks: shape, if there are sinks.
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
    sinks: Shape | None
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

    def batch_of(self, shape: Shape) -> Shape:
        """Return the batch axes of query, key or value."""
        return shape[: -3 if self.enable_gqa else -2]


class Requirement(NamedTuple):
    """What a path requires of a case.

    Attributes:
        needed: what, in words.
        holds: whether a case fulfils it.
        got: what a case has instead, in words.
    """

    needed: str
    holds: Callable[[Case], bool]
    got: Callable[[Case], str]


_OF_TORCH = (
    Requirement("tensors of PyTorch", lambda c: c.library == "torch", lambda c: c.library),
    Requirement("softcap None", lambda c: c.softcap is None, lambda c: f"softcap {c.softcap}"),
    Requirement("sinks None", lambda c: c.sinks is None, lambda c: f"sinks {c.sinks}"),
    Requirement(
        "at least one query and one key",
        lambda c: 0 not in c.weights,
        lambda c: f"(*batch, n_q, n_k) {c.weights}",
    ),
    Requirement(
        "as many heads of values as of keys",
        lambda c: not c.enable_gqa or c.key[-3] == c.value[-3],
        lambda c: f"key {c.key}, value {c.value}",
    ),
)

# A kernel that is forced also runs on the CPU, where Triton interprets it, and in float32, whose
# products no tensor core takes: to be tested, and to be checked with.
_OF_KERNELS = (
    *_OF_TORCH,
    Requirement("Triton", lambda c: c.triton, lambda c: "an environment without it"),
    Requirement(
        "a CUDA device",
        lambda c: c.device == "cuda" or (c.forced and c.interpreted),
        lambda c: c.device,
    ),
    Requirement(
        "compute capability 9",  # nothing else was tried
        lambda c: c.device != "cuda" or (c.capability or (0, 0))[0] == 9,
        lambda c: ".".join(map(str, c.capability)) if c.capability else "none",
    ),
    Requirement(
        "float16 or bfloat16",
        lambda c: c.dtype in {"float16", "bfloat16"} or (c.forced and c.dtype == "float32"),
        lambda c: c.dtype,
    ),
    Requirement(
        "a CUDA device for bfloat16",  # Triton's interpreter multiplies its bits
        lambda c: c.device == "cuda" or c.dtype != "bfloat16",
        lambda c: c.device,
    ),
    Requirement(
        "attn_mask None", lambda c: c.attn_mask is None, lambda c: f"attn_mask {c.attn_mask}"
    ),
    Requirement(
        "scale above 0", lambda c: c.scale is None or c.scale > 0, lambda c: f"scale {c.scale}"
    ),
    Requirement(
        "d_k = d_v, one of 16, 32, 64 and 128",
        lambda c: c.query[-1] == c.value[-1] and c.query[-1] in WIDTHS,
        lambda c: f"d_k {c.query[-1]}, d_v {c.value[-1]}",
    ),
    Requirement(
        "batch axes that are equal",
        lambda c: c.batch_of(c.query) == c.batch_of(c.key) == c.batch_of(c.value),
        lambda c: f"query {c.query}, key {c.key}, value {c.value}",
    ),
)

_OF_FLASH_DECODE = (
    *_OF_KERNELS,
    Requirement("n_q of at most 8", lambda c: c.n_q <= 8, lambda c: f"n_q {c.n_q}"),
    Requirement(
        f"at most {MOST_ROWS} queries per key head",
        lambda c: c.n_q * c.group <= MOST_ROWS,
        lambda c: f"{c.n_q * c.group}",
    ),
    Requirement(
        "queries that are the last tokens, is_causal with offset n_k - n_q",
        lambda c: (c.is_causal and c.offset == c.n_k - c.n_q) or (c.n_q == 1 and not c.hides_later),
        lambda c: f"is_causal {c.is_causal}, offset {c.offset}",
    ),
    Requirement(
        "inputs that want no gradient", lambda c: not c.differentiable, lambda c: "requires_grad"
    ),
)

REQUIREMENTS: dict[str, tuple[Requirement, ...]] = {
    "flash_decode": _OF_FLASH_DECODE,
    "flash_attention": _OF_KERNELS,
    "torch": _OF_TORCH,
    "plain": (),
}
"""What each path requires, in the order in which they are tried; the last takes everything."""

PATHS = tuple(REQUIREMENTS)


def first_lack(case: Case, path: str) -> tuple[str, str] | None:
    """Return the first thing that a path needs and does not get, and what came instead."""
    for requirement in REQUIREMENTS[path]:
        if not requirement.holds(case):
            return requirement.needed, requirement.got(case)
    return None
