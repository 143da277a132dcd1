"""Every configuration of the kernels compiles for an H100 or H200, and stays in its registers.

No GPU is needed for that: Triton's wheel holds the assembler. What it reports is asked for
spilled registers and for serialised products (warnings C75xx), the code for tensor cores.
"""

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

torch = pytest.importorskip("torch", reason="torch is an extra; `make test` installs it")
triton = pytest.importorskip("triton", reason="Triton has wheels for Linux alone")

from triton.backends.compiler import GPUTarget  # noqa: E402 - behind the skip
from triton.compiler import ASTSource  # noqa: E402

from attention.gpu import backward, decode, forward  # noqa: E402
from attention.gpu._requirements import WIDTHS  # noqa: E402

HOPPER = GPUTarget("cuda", 90, 32)
SHARED_BYTES = 227 * 1024  # what one program may have there
DTYPES = {"bf16": torch.bfloat16, "fp16": torch.float16, "fp32": torch.float32}
POINTERS = {"lse", "log_sums", "deltas", "lses", "outputs"}
QUERY_SIDE = {"query", "output", "grad_output", "grad_query"}
TENSOR_CORES = {"wgmma": "wgmma.mma_async", "mma": "mma.sync"}


class Built(NamedTuple):
    """One kernel with all that is fixed when it is compiled."""

    kernel: Any
    dtype: str
    constants: dict[str, Any]
    options: dict[str, int]
    cores: str = ""  # the instructions that 16-bit products must become

    @property
    def name(self) -> str:
        """Name the case, as ``_forward-bf16-D64-...``."""
        sizes = [f"{k}{v}" for k, v in self.constants.items() if k != "LN_2"]
        return "-".join([self.kernel.fn.__name__, self.dtype, *sizes])

    def types(self) -> dict[str, str]:
        """Return the type of every argument, by its name."""
        found = {}
        described = self.kernel is not decode._merge
        for name in inspect.signature(self.kernel.fn).parameters:
            rows = self.constants.get("BLOCK_Q" if name in QUERY_SIDE else "BLOCK_K")
            if name in self.constants:
                found[name] = "constexpr"
            elif name in POINTERS or (name == "output" and self.kernel is decode._decode):
                found[name] = "*fp32"
            elif name == "lengths":
                found[name] = "*i32"
            elif name == "scale":
                found[name] = "fp32"
            elif name == "query" and self.kernel is decode._decode:
                found[name] = f"*{self.dtype}"
            elif name in QUERY_SIDE | {"key", "value", "grad_key", "grad_value"}:
                block = f"tensordesc<{self.dtype}[1, 1, {rows}, {self.constants['D']}]>"
                found[name] = block if described else f"*{self.dtype}"
            else:
                found[name] = "i32"
        return found


def forward_cases(dtype: str, d: int) -> Iterator[Built]:
    for is_causal in (True, False):
        block_q, block_k, num_warps, num_stages = forward.configuration(d, DTYPES[dtype])
        constants = {"D": d, "BLOCK_Q": block_q, "BLOCK_K": block_k, "IS_CAUSAL": is_causal}
        options = {"num_warps": num_warps, "num_stages": num_stages}
        yield Built(forward._forward, dtype, constants | {"LN_2": 0.7}, options, "wgmma")


def backward_cases(dtype: str, d: int) -> Iterator[Built]:
    for kernel, blocks in (
        (backward._gradient_of_keys, backward.blocks_for_keys(d, DTYPES[dtype])),
        (backward._gradient_of_queries, backward.blocks_for_queries(DTYPES[dtype])),
    ):
        constants = {"D": d, "BLOCK_Q": blocks.q, "BLOCK_K": blocks.k, "IS_CAUSAL": True}
        options = {"num_warps": blocks.num_warps, "num_stages": backward.NUM_STAGES}
        yield Built(kernel, dtype, constants | {"LN_2": 0.7}, options, "wgmma")


def decode_cases(dtype: str, d: int) -> Iterator[Built]:
    for rows in (16, 32, 64):
        block_k, num_warps, num_stages = decode.configuration(rows, DTYPES[dtype])
        constants = {"D": d, "ROWS": rows, "BLOCK_K": block_k, "LN_2": 0.7}
        options = {"num_warps": num_warps, "num_stages": num_stages}
        yield Built(decode._decode, dtype, constants, options, "wgmma" if rows > 32 else "mma")


def merge_cases(dtype: str, d: int) -> Iterator[Built]:
    for parts in (2, 16, 256):
        constants = {"D": d, "PARTS": parts}
        yield Built(decode._merge, dtype, constants, {"num_warps": decode.MERGE_WARPS})


# float16 and bfloat16 become the same instructions but for one letter, and float32 is there to
# check with: in narrow widths, bfloat16 stands for them.
CASES = [
    case
    for cases in (forward_cases, backward_cases, decode_cases)
    for dtype, widths in {"bf16": WIDTHS, "fp16": WIDTHS[2:], "fp32": WIDTHS[2:]}.items()
    for d in widths
    for case in cases(dtype, d)
] + list(merge_cases("bf16", WIDTHS[-1]))


@pytest.fixture(autouse=True)
def compiled_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the assembler speak: a program that Triton remembers says nothing."""
    monkeypatch.setattr(triton.knobs.cache, "dir", str(tmp_path))
    monkeypatch.setattr(triton.knobs.nvidia, "dump_ptxas_log", True)
    monkeypatch.setattr(triton.knobs.compilation, "disable_line_info", True)  # faster


@pytest.mark.filterwarnings("ignore:TRITON_DEFAULT_FP_FUSION is unset")
@pytest.mark.parametrize(
    "case",
    # bfloat16 is what models compute in; the other two come by night.
    [
        pytest.param(case, id=case.name, marks=[] if case.dtype == "bf16" else pytest.mark.nightly)
        for case in CASES
    ],
)
def test_it_compiles_for_hopper(case: Built, capsys: pytest.CaptureFixture[str]) -> None:
    source = ASTSource(case.kernel, case.types(), case.constants, {})
    built = triton.compile(source, target=HOPPER, options=case.options)
    said = capsys.readouterr().out
    # There may be more than 2**31 rows, and numbers: where they lie is computed in 64 bits.
    assert re.search(r"arith.muli [^\n]*i64", built.asm["ttir"])
    assert built.metadata.shared <= SHARED_BYTES
    spilled = re.findall(r"(\d+) bytes spill stores, (\d+) bytes spill loads", said)
    assert spilled  # the assembler did speak
    if case.dtype == "fp32":
        return  # without tensor cores, and so with more in registers: it is there to check with
    assert spilled == [("0", "0")]
    assert "C75" not in said
    assert not case.cores or TENSOR_CORES[case.cores] in built.asm["ptx"]


@pytest.mark.parametrize("d", [64, 128])
def test_shared_memory_holds_what_the_chapter_counts(d: int) -> None:
    case = next(forward_cases("bf16", d))
    source = ASTSource(case.kernel, case.types(), case.constants, {})
    built = triton.compile(source, target=HOPPER, options=case.options)
    sizes = forward.configuration(d, torch.bfloat16)
    rows = sizes.block_q + 2 * sizes.num_stages * sizes.block_k  # as in gpu/occupancy.py
    assert 0 <= built.metadata.shared - rows * d * 2 <= 1024  # and something to wait at
    # One more program would not fit, by what the compiler takes either: 1 KiB is lost for each.
    assert 228 * 1024 // (built.metadata.shared + 1024) == {64: 3, 128: 2}[d]


def test_the_assembler_would_tell_of_spilled_registers(
    capsys: pytest.CaptureFixture[str],
) -> None:
    case = next(forward_cases("bf16", 128))
    larger = case.constants | {"BLOCK_Q": 128}  # more than the registers of four warps can hold
    built = Built(case.kernel, "bf16", larger, case.options | {"num_stages": 2})
    triton.compile(ASTSource(case.kernel, built.types(), larger, {}), HOPPER, built.options)
    [(stores, _)] = re.findall(r"(\d+) bytes spill stores, (\d+)", capsys.readouterr().out)
    assert int(stores) > 0
